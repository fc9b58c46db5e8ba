"""What the NVIDIA driver says; without it, or without nvidia-ml-py, there is no GPU to speak of."""

from __future__ import annotations

from typing import Optional


def available() -> bool:
    """Whether this process can use a GPU."""
    return False


def utilization() -> Optional[float]:
    """Per cent of the last sample period in which the GPU was busy; None without one."""
    return None
