"""Whether an image says that it is for a machine with a GPU."""

from __future__ import annotations

from collections.abc import Sequence

# What NVIDIA's base images set, and what its container runtime goes by.
VARIABLES = (
    "CUDA_VERSION",
    "NVIDIA_DRIVER_CAPABILITIES",
    "NVIDIA_REQUIRE_CUDA",
    "NVIDIA_VISIBLE_DEVICES",
)
_NO_GPU = frozenset({"", "none", "void"})  # NVIDIA Container Toolkit, "Environment variables"


def meant_for_gpu(environment: Sequence[str]) -> bool:
    """Whether the image's settings, as `NAME=value`, ask for a GPU."""
    settings = dict(line.partition("=")[::2] for line in environment)
    if settings.get("NVIDIA_VISIBLE_DEVICES") in _NO_GPU:
        return False
    return any(name in settings for name in VARIABLES)
