"""The metrics of trainings; of memory the engine's readings, which come about once a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable, Optional

from bench.statistics import median
from bench.training_types import TrainingRun
from reports.column import Column
from reports.formats import count, decimals, difference, megabytes, words, yes_no
from reports.image_columns import COMPRESSED, LAYERS, SIZE
from reports.usage_columns import NS_PER_S

FEWEST_READINGS = 3  # a mean of fewer says more of their moments than of the training
LEAST_CPU_SHARE = 0.8  # of a training's running time; alone on its CPU it takes 0.9 or more
_NOT_KEPT = "the kernel doesn't keep it"
_NO_READINGS = "the engine gave no readings"

Runs = Sequence[TrainingRun]


def peak_bytes(run: TrainingRun) -> Optional[int]:
    """The largest reading; None without any."""
    return max((one.used_bytes for one in run.memory), default=None)


def mean_bytes(run: TrainingRun) -> Optional[float]:
    """The mean of the readings, which lie about a second apart; None for fewer than 3."""
    if len(run.memory) < FEWEST_READINGS:
        return None
    return sum(one.used_bytes for one in run.memory) / len(run.memory)


def is_held_up(run: TrainingRun) -> bool:
    """Whether it waited for the CPU or the disk for more than a fifth of its running time."""
    return run.cpu_ns is not None and run.cpu_ns < LEAST_CPU_SHARE * run.running_ns


def running_s(run: TrainingRun) -> float:
    """Create call until the engine says that it has ended."""
    return run.running_ns / NS_PER_S


def readings(runs: Runs) -> str:
    """How many readings each training has: `11 each`, or `9 to 11 each`."""
    fewest, most = (limit(len(run.memory) for run in runs) for limit in (min, max))
    return f"{fewest} each" if fewest == most else f"{fewest} to {most} each"


def _median(of: Callable[[TrainingRun], Optional[float]]) -> Callable[[Runs], Optional[float]]:
    """The median over the trainings; None where one of them doesn't know."""

    def get(runs: Runs) -> Optional[float]:
        values = [value for value in map(of, runs) if value is not None]
        return median(values) if values and len(values) == len(runs) else None

    return get


def _largest(of: Callable[[TrainingRun], Optional[int]]) -> Callable[[Runs], Optional[int]]:
    def get(runs: Runs) -> Optional[int]:
        return max((value for value in map(of, runs) if value is not None), default=None)

    return get


def _seconds(field: str) -> Callable[[TrainingRun], Optional[float]]:
    def get(run: TrainingRun) -> Optional[float]:
        used_ns = getattr(run, field)
        return None if used_ns is None else used_ns / NS_PER_S

    return get


def _timed(field: str, heading: str, gap: str = Column.gap) -> Column:
    """The median of a duration in s; its key is the field's name with that unit."""
    key = f"{field[: -len('_ns')]}_s"
    return Column(key, heading, "training", _median(_seconds(field)), decimals(2), "s", gap=gap)


def _memory(key: str, heading: str, of: Callable[[TrainingRun], Optional[int]], gap: str) -> Column:
    return Column(key, heading, "training", _largest(of), megabytes, "MB", gap=gap)


TRAININGS = Column("trainings", "trainings", "training", len, count)
RUNNING = _timed("running_ns", "running time")
CONTAINER = _timed("container_ns", "by the engine's clock")
IMPORTS = _timed("imports_ns", "imports")
CPU = _timed("cpu_ns", "CPU time", gap=_NOT_KEPT)
PEAK = _memory("peak_used_bytes", "peak memory", peak_bytes, _NO_READINGS)
MEAN = Column(
    key="mean_used_bytes",
    heading="mean memory",
    part="training",
    get=_median(mean_bytes),
    show=megabytes,
    unit="MB",
    gap=f"fewer than {FEWEST_READINGS} readings",
)
READINGS = Column("readings", "readings", "training", readings, words)
RESIDENT = _memory(
    "peak_rss_bytes", "peak of the process", lambda run: run.peak_rss_bytes, _NO_READINGS
)
CGROUP_PEAK = _memory(
    "cgroup_peak_bytes", "cgroup peak", lambda run: run.cgroup_peak_bytes, _NOT_KEPT
)
ACCURACY = Column(
    key="accuracy",
    heading="accuracy",
    part="training",
    get=_median(lambda run: run.accuracy),
    show=decimals(2, 0.01),
    unit="%",
)
LAST_LOSS = Column(
    key="last_loss",
    heading="last loss",
    part="training",
    get=_median(lambda run: run.losses[-1]),
    show=decimals(6),
)
EQUAL = Column("weights_equal", "weights equal", "weights", lambda found: found.equal, yes_no)
DIFFERENCE = Column(
    "weights_max_abs_diff",
    "max abs diff",
    "weights",
    lambda found: found.max_abs_diff,
    difference,
)

OVERVIEW = (SIZE, LAYERS, RUNNING, CPU, PEAK, MEAN, READINGS, ACCURACY, EQUAL)
DETAILS = (TRAININGS, RUNNING, CONTAINER, IMPORTS, CPU, PEAK, MEAN, RESIDENT, CGROUP_PEAK)
COMPARED = (SIZE, COMPRESSED, PEAK, MEAN, RESIDENT, RUNNING, CPU)
OF_TRAININGS = (*DETAILS, ACCURACY, LAST_LOSS)
