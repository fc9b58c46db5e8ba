"""How a container ended, in words."""

from __future__ import annotations

import pytest

from bench.endings import ending, size
from builders.engine import ContainerState

GIB = 1024**3


def state(exit_code: int, oom_killed: bool = False, error: str = "") -> ContainerState:
    return ContainerState(False, exit_code, 1, 2, oom_killed, error)


@pytest.mark.parametrize(
    ("ended", "memory_bytes", "words"),
    [
        (state(0), GIB, "ended with exit code 0"),
        (state(1), GIB, "ended with exit code 1"),
        (state(137, True), 2 * GIB, "ended with exit code 137 (out of memory at 2 GiB)"),
        (state(1, True), None, "ended with exit code 1 (out of memory)"),
        (state(137), GIB, "ended with exit code 137 (SIGKILL)"),
        (state(132), GIB, "ended with exit code 132 (SIGILL)"),
        (state(127, error="no such file"), GIB, "ended with exit code 127 (no such file)"),
        (state(255), GIB, "ended with exit code 255"),
    ],
)
def test_ending(ended, memory_bytes, words):
    assert ending(ended, memory_bytes) == words


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (2 * GIB, "2 GiB"),
        (3 * GIB // 2, "1.5 GiB"),
        (64 * 1024**2, "64 MiB"),
        (1024**2 // 2, "0.5 MiB"),
    ],
)
def test_size(size_bytes, words):
    assert size(size_bytes) == words
