"""GPUs of the engine's machine: whether it can give them to a container, and how it is asked to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Union

from builders.engine import ContainerSpec, EngineInfo
from builders.errors import EngineError

RUNTIME = "nvidia"
NO_RUNTIME = "the engine has no NVIDIA runtime, and so can't give a container a GPU"
ADVICE = "install NVIDIA's container toolkit beside the engine, or set `gpu_fallback: true`"

# All of them, with the driver's libraries for computing and for NVML (Docker Engine API 1.41).
DEVICE_REQUEST: Mapping[str, Union[str, int, Sequence[Sequence[str]]]] = {
    "Driver": RUNTIME,
    "Count": -1,
    "Capabilities": [["gpu", "compute", "utility"]],
}


def has_gpus(info: EngineInfo) -> bool:
    """Whether the engine has NVIDIA's runtime; whether that finds a GPU, only a container tells."""
    return RUNTIME in info.runtimes


def require_gpus(spec: ContainerSpec, info: EngineInfo) -> None:
    """Raise EngineError where the container is to have GPUs that the engine can't give it."""
    if spec.gpus and not has_gpus(info):
        raise EngineError(NO_RUNTIME, where=f"image {spec.image}", next_step=ADVICE)
