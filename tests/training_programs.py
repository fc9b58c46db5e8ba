"""Trainings for the in-memory engine, right and wrong, and an engine that tells memory."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any, Optional

from session_programs import event

from builders.engine import ContainerSpec, MemoryReading
from builders.fake_container import Output, Program, Result, Wait
from builders.fake_engine import FakeEngine
from inference import protocol

WEIGHTS = {"bias": 0.25, "weight[0]": 2.5, "weight[1]": -1.5}
VERSIONS = {"python": "3.11.2", "torch": "2.0+toy"}
PEAK_RSS_BYTES = 9_000_000
CPU_NS = 4_000_000
MB = 1_000_000
MEMORY = (10 * MB, 30 * MB, 20 * MB)


class TellingEngine(FakeEngine):
    """Tells these readings of every container, however soon it ends."""

    readings: tuple[int, ...] = MEMORY

    def memory_statistics(self, container: str) -> Iterator[MemoryReading]:
        return (MemoryReading(used_bytes, self._clock()) for used_bytes in self.readings)


def options(spec: ContainerSpec) -> Mapping[str, int]:
    """The command's numbers by their option."""
    words = spec.command
    return {a: int(b) for a, b in zip(words, words[1:]) if a.startswith("--") and b.isdecimal()}


def training(
    weights: Mapping[str, float] = WEIGHTS, accuracy: float = 0.75, **trained: Any
) -> Program:
    """A good training, which ends with its input; `trained` replaces what it tells in the end."""

    def program(spec: ContainerSpec) -> Generator[Output, Optional[str], Result]:
        asked = options(spec)
        yield event("started", protocol=protocol.PROTOCOL_VERSION, python="3.11.2")
        yield ("stderr", "a warning of a library")
        yield event("imported", versions=VERSIONS)
        for number in range(1, asked["--epochs"] + 1):
            yield event("epoch", epoch=number, loss=1 / number)
        told = {
            "seed": asked["--seed"],
            "epochs": asked["--epochs"],
            "threads": asked["--threads"],
            "accuracy": accuracy,
            "weights": dict(weights),
            "peak_rss_bytes": PEAK_RSS_BYTES,
            "cpu_ns": CPU_NS,
        }
        yield event("trained", **{**told, **trained})
        while (yield Wait.LINE) is not None:
            pass
        yield event("bye")
        return 0

    return program
