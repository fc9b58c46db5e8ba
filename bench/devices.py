"""What a variant's containers compute on: how they are told, and which of them get GPUs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Optional

from builders.engine import ContainerSpec, Engine
from builders.errors import EngineError
from builders.gpus import ADVICE, NO_RUNTIME, has_gpus
from builders.matrix import Device, Variant


@dataclass(frozen=True)
class Computing:
    """The device that a container is told to compute on; `fallback` lets it do with the CPU."""

    device: Device = "cpu"
    fallback: bool = False


ON_CPU = Computing()


def asked(variant: Variant) -> Computing:
    """What the matrix says."""
    return Computing(variant.device, variant.gpu_fallback)


def measured(variant: Variant, ran: Optional[str]) -> Computing:
    """What its timed containers are told: one that was verified on a GPU must not fall back.

    Args:
        variant: of the matrix.
        ran: what it computed on when its answers were verified; None where that isn't known.
    """
    return Computing(variant.device, variant.gpu_fallback and ran != "cuda")


def equipped(engine: Engine, spec: ContainerSpec, computing: Computing) -> ContainerSpec:
    """The container with the words for its entry point, and GPUs where the engine has them.

    Raises:
        EngineError: it must compute on a GPU, and the engine can't give it one.
    """
    if computing.device == "cpu":
        return spec
    gpus = has_gpus(engine.info())
    if not gpus and not computing.fallback:
        raise EngineError(NO_RUNTIME, where=f"image {spec.image}", next_step=ADVICE)
    fallback = ("--gpu-fallback",) if computing.fallback else ()
    words = (*spec.command, "--device", computing.device, *fallback)
    return replace(spec, command=words, gpus=gpus)
