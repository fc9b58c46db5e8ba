"""How a container ended, in words."""

from __future__ import annotations

import signal
from typing import Optional

from builders.engine import ContainerState

_SIGNAL_BASE = 128  # a process ended by signal n has exit code 128 + n
_UNITS = (("GiB", 1024**3), ("MiB", 1024**2))


def ending(state: ContainerState, memory_bytes: Optional[int]) -> str:
    """One phrase, such as `ended with exit code 137 (out of memory at 2 GiB)`."""
    why = _why(state, memory_bytes)
    return f"ended with exit code {state.exit_code}" + (f" ({why})" if why else "")


def _why(state: ContainerState, memory_bytes: Optional[int]) -> str:
    if state.oom_killed:
        return f"out of memory at {size(memory_bytes)}" if memory_bytes else "out of memory"
    if state.error:
        return state.error
    try:
        return signal.Signals(state.exit_code - _SIGNAL_BASE).name
    except ValueError:  # no signal's exit code
        return ""


def size(size_bytes: int) -> str:
    """A size as the matrix writes it: `2 GiB`, `1.5 GiB`, `512 MiB`."""
    unit, unit_bytes = next((one for one in _UNITS if size_bytes >= one[1]), _UNITS[-1])
    return f"{size_bytes / unit_bytes:.4g} {unit}"
