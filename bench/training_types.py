"""What is measured of a training, and its weights against the reference's; raw, as recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from bench.condition_types import Frozen


class MemoryPoint(Frozen):
    """A reading of the engine's statistics: memory without idle cache, as `docker stats` has it.

    Attributes:
        after_ns: from the create call.
        used_bytes: memory in use.
    """

    after_ns: int
    used_bytes: int


class TrainingRun(Frozen):
    """One training in a fresh container.

    Attributes:
        round: place in the rounds.
        position: place in the random order of its round.
        seed: of the toy data.
        epochs: how often it went through its points.
        threads_used: what the runtime says it uses.
        running_ns: create call until the engine says that it has ended.
        container_ns: from the engine's own time of its start to that of its end.
        imports_ns: the entry point's first statement until the runtime is imported.
        cpu_ns: processor time of all processes of the container; None where the kernel doesn't keep
            it.
        process_cpu_ns: what the process says of itself, before its own end.
        peak_rss_bytes: peak resident memory of the process, as it says.
        cgroup_peak_bytes: largest memory charged to the container, page cache included.
        memory: the engine's readings, about one each second.
        losses: of each epoch.
        accuracy: on points that weren't trained on, 0 to 1.
        weights: all that was learned, by name.
        versions: of what took part.
    """

    round: int
    position: int
    seed: int
    epochs: int
    threads_used: int
    running_ns: int
    container_ns: int
    imports_ns: int
    cpu_ns: Optional[int] = None
    process_cpu_ns: int
    peak_rss_bytes: int
    cgroup_peak_bytes: Optional[int] = None
    memory: tuple[MemoryPoint, ...] = ()
    losses: tuple[float, ...]
    accuracy: float
    weights: Mapping[str, float]
    versions: Mapping[str, str]


class WeightsComparison(Frozen):
    """A variant's final weights against the reference's; `reason` tells the first that differs.

    Attributes:
        reference: the variant that it was compared with.
        tolerance: largest allowed absolute difference.
        expected: the reference's, by name.
        weights: its own, by name.
        reason: which differs first; empty where none does.
    """

    reference: str
    tolerance: float
    expected: Mapping[str, float]
    weights: Mapping[str, float]
    reason: str = ""

    @property
    def equal(self) -> bool:
        """Whether all are within the tolerance."""
        return not self.reason

    @property
    def max_abs_diff(self) -> Optional[float]:
        """The largest difference of those that both have; None without any."""
        shared = self.expected.keys() & self.weights.keys()
        found = (abs(self.expected[name] - self.weights[name]) for name in shared)
        return max(found, default=None)
