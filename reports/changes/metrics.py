"""The metrics that two records are compared in and that budgets limit, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Callable, Optional, Union

from bench.comparison import Verdict
from bench.record_types import VariantRecord
from bench.statistics import Interval
from builders.baseline_settings import BaselineBudget, SizeGrowth, TimeGrowth
from builders.budget_settings import Budget
from reports import columns, figures, image_columns
from reports.changes import evidence
from reports.changes.evidence import Evidence
from reports.column import Column
from reports.start_columns import COLD_START
from reports.usage_columns import PEAK_MEMORY

Ends = Callable[[VariantRecord, int], Optional[Interval]]
TIME_WORDS: dict[Verdict, str] = {"slower": "slower", "faster": "faster", "same": "same"}
MEMORY_WORDS: dict[Verdict, str] = {"slower": "more", "faster": "less", "same": "same"}


@dataclass(frozen=True)
class Metric:
    """One metric.

    Attributes:
        key: its name in budgets.
        column: where its value comes from, and how it is printed; noisy where it has a spread.
        limit: what a budget allows.
        growth: what a baseline's budget lets be added.
        evidence: what the value of one variant is made of, or what came since an earlier one.
        interval: of a time that budgets limit; None where the value is what was seen.
        at_least: whether a budget is the least that is allowed.
        words: how a verdict is told.
    """

    key: str
    column: Column
    limit: Callable[[Budget], Union[bool, int, float, None]]
    growth: Callable[[BaselineBudget], Union[int, float, SizeGrowth, TimeGrowth]]
    evidence: Evidence = evidence.nothing
    interval: Optional[Ends] = None
    at_least: bool = False
    words: Optional[dict[Verdict, str]] = None

    @property
    def is_noisy(self) -> bool:
        """Whether two runs of the same image give two values."""
        return self.column.spread is not None

    def number(self, row: VariantRecord) -> Optional[float]:
        """The value; None where it isn't known."""
        value = self.column.value(row)
        return value if isinstance(value, (bool, int, float)) else None

    def text(self, value: Optional[float]) -> str:
        """A value with its unit."""
        return f"{self.column.text(value)} {self.column.unit}".rstrip()


def _median_interval(column: Column) -> Ends:
    def ends(row: VariantRecord, seed: int) -> Optional[Interval]:
        return figures.interval(tuple(column.samples(row)), seed)

    return ends


def _p95_interval(row: VariantRecord, seed: int) -> Optional[Interval]:
    return figures.p95_interval_ms(row.samples, seed)


def _peaks(samples: Sequence[object]) -> Sequence[float]:
    return [getattr(sample, "peak_rss_bytes") for sample in samples]  # noqa: B009


LATENCY = columns.LATENCY_P50
P95 = replace(columns.LATENCY_P95, spread=figures.container_p95_ms)
PEAK = replace(PEAK_MEMORY, spread=_peaks)


def _exact(key: str, column: Column, limit: str, told: Evidence = evidence.nothing) -> Metric:
    return Metric(key, column, attrgetter(limit), attrgetter(key), told)


def _timed(key: str, column: Column, ends: Ends, told: Evidence = evidence.nothing) -> Metric:
    limit, growth = attrgetter(f"{key}_ms"), attrgetter(key)
    return Metric(key, column, limit, growth, told, ends, words=TIME_WORDS)


METRICS: tuple[Metric, ...] = (
    _exact("size", image_columns.SIZE, "size_bytes", evidence.bytes_of("size_bytes")),
    _exact(
        "compressed_size",
        image_columns.COMPRESSED,
        "compressed_bytes",
        evidence.bytes_of("compressed_bytes"),
    ),
    _exact("layers", image_columns.LAYERS, "layers", evidence.STEPS),
    _exact("tools", image_columns.TOOL_COUNT, "tools", evidence.TOOLS),
    replace(_exact("root_user", image_columns.ROOT, "root_user"), growth=lambda _: 0),
    _exact("setuid", image_columns.SETUID, "setuid", evidence.SETUID),
    _exact("secrets", image_columns.SECRETS, "secrets", evidence.SECRETS),
    _exact("hints", image_columns.HINT_COUNT, "hints", evidence.HINTS),
    _timed("cold_start", COLD_START, _median_interval(COLD_START), evidence.phases),
    _timed("latency", LATENCY, _median_interval(LATENCY)),
    _timed("p95", P95, _p95_interval),
    Metric(
        "peak_memory",
        PEAK,
        attrgetter("peak_memory_bytes"),
        attrgetter("peak_memory"),
        words=MEMORY_WORDS,
    ),
    _exact("max_abs_diff", columns.MAX_ABS_DIFF, "max_abs_diff"),
    replace(_exact("top1_agreement", columns.TOP1, "top1_agreement"), at_least=True),
)
