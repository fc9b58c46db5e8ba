"""CPUs that the engine doesn't have are told before anything is built."""

from __future__ import annotations

import pytest

from builders.cpu_set import require_cpus
from builders.errors import ConfigurationError


@pytest.mark.parametrize(("cpu_set", "available"), [("0", 1), ("0-1", 2), ("0,3", 4)])
def test_cpus_that_are_there_are_fine(cpu_set: str, available: int) -> None:
    require_cpus(cpu_set, available)


@pytest.mark.parametrize(
    ("cpu_set", "available", "words"),
    [
        ("3", 2, "limits.cpu_set asks for CPU 3, the engine has 2 (0 to 1); change it"),
        ("0-2", 2, "limits.cpu_set asks for CPU 2, the engine has 2 (0 to 1); change it"),
        ("10,9", 8, "limits.cpu_set asks for CPU 10, the engine has 8 (0 to 7); change it"),
        ("1", 1, "limits.cpu_set asks for CPU 1, the engine has 1 (0); change it"),
    ],
)
def test_a_cpu_that_is_not_there_is_told(cpu_set: str, available: int, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        require_cpus(cpu_set, available)
    assert str(caught.value).startswith(words)
