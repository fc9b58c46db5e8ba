"""Whether the engine has the CPUs that measured containers are to get."""

from __future__ import annotations

import re

from builders.errors import ConfigurationError


def require_cpus(cpu_set: str, available: int) -> None:
    """Raises ConfigurationError when a CPU of the set isn't one of the engine's `available`."""
    highest = max(int(number) for number in re.findall(r"\d+", cpu_set))
    if highest >= available:
        present = "1 (0)" if available == 1 else f"{available} (0 to {available - 1})"
        raise ConfigurationError(
            f"limits.cpu_set asks for CPU {highest}, the engine has {present}",
            next_step="change it in the matrix",
        )
