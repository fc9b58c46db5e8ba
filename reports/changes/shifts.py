"""Every metric of every variant that two records share: before, after, and whether it counts.

Two records were not measured in turns: what changed between the runs (neighbours, temperature)
shows as a difference too. So a time counts as different only beyond the largest of
what identical images show: the A/A pair of each run, and the variants that were built from the same
inputs in both, which is noise between the runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from bench.comparability import DifferingCondition, whole_rounds
from bench.comparison import Comparison, compare_runs
from bench.noise_floor import NoiseFloor
from bench.record_types import Record, VariantRecord
from bench.run_conditions import differing_times, same_inputs
from reports.changes.floors import largest_floor
from reports.changes.metrics import METRICS, Metric
from reports.verdicts import durations


@dataclass(frozen=True)
class Shift:
    """One metric of a variant in two records.

    Attributes:
        before, after: in the unit of the column's key; None where it isn't known.
        comparison: of a noisy metric, the new run against the old one; None where one has no
            samples or conditions differ.
    """

    variant: str
    metric: Metric
    before: Optional[float]
    after: Optional[float]
    comparison: Optional[Comparison] = None

    @property
    def difference(self) -> Optional[float]:
        """After minus before; None where one isn't known."""
        known = self.before is not None and self.after is not None
        return (self.after or 0) - (self.before or 0) if known else None

    @property
    def counts(self) -> bool:
        """Whether the values differ; noisy ones only where they can be told apart."""
        if self.metric.is_noisy:
            return self.comparison is not None and self.comparison.verdict in ("slower", "faster")
        return self.before != self.after


@dataclass(frozen=True)
class Changes:
    """What two records have in common and what not.

    Attributes:
        old, new: their variants by name, whole rounds alone.
        shifts: of the variants in both, of metrics that one of them knows.
        apart: conditions that keep a variant's times from being compared.
        floors: by a noisy metric's key; None where nothing shows the noise.
        unchanged: variants that were built from the same inputs.
    """

    old: Mapping[str, VariantRecord]
    new: Mapping[str, VariantRecord]
    shifts: tuple[Shift, ...]
    apart: Mapping[str, tuple[DifferingCondition, ...]]
    floors: Mapping[str, Optional[NoiseFloor]]
    unchanged: tuple[str, ...]

    @property
    def added(self) -> tuple[str, ...]:
        """Variants of the new record alone."""
        return tuple(name for name in self.new if name not in self.old)

    @property
    def removed(self) -> tuple[str, ...]:
        """Variants of the old record alone."""
        return tuple(name for name in self.old if name not in self.new)

    @property
    def has_other_variants(self) -> bool:
        """Whether a variant is in one record alone, or ended otherwise in the other."""
        ended = any(self.old[name].status != self.new[name].status for name in self.shared)
        return bool(self.added or self.removed) or ended

    @property
    def shared(self) -> tuple[str, ...]:
        """Variants of both, in the new record's order."""
        return tuple(name for name in self.new if name in self.old)


def changes(old: Record, new: Record) -> Changes:
    """Compare each variant of a record with itself in an earlier one."""
    runs = whole_rounds(old), whole_rounds(new)
    before, after = ({row.name: row for row in run.variants} for run in runs)
    shared = [name for name in after if name in before]
    timed = [name for name in shared if before[name].samples and after[name].samples]
    told = {name: differing_times(*runs, name) for name in timed}
    apart = {name: conditions for name, conditions in told.items() if conditions}
    alike = tuple(name for name in shared if same_inputs(before[name], after[name]))
    pairs = {name: (before[name], after[name]) for name in shared}
    compared = {name: pair for name, pair in pairs.items() if name not in apart}
    floors: dict[str, Optional[NoiseFloor]] = {}
    shifts: list[Shift] = []
    for metric in METRICS:
        comparisons: _Comparisons = {}
        if metric.is_noisy:
            floors[metric.key], comparisons = _compared(runs, metric, compared, alike)
        shifts += _shifts(metric, pairs, comparisons)
    shifts.sort(key=lambda shift: shared.index(shift.variant))
    return Changes(before, after, tuple(shifts), apart, floors, alike)


_Pairs = Mapping[str, "tuple[VariantRecord, VariantRecord]"]
_Comparisons = Mapping[str, Comparison]


def _compared(
    runs: tuple[Record, Record], metric: Metric, pairs: _Pairs, alike: Sequence[str]
) -> tuple[Optional[NoiseFloor], _Comparisons]:
    """The noise in this metric, and each variant's new run against its old one."""
    column, seed = metric.column, runs[1].conditions.seed
    before = {name: tuple(durations(column, pair[0])) for name, pair in pairs.items()}
    after = {name: tuple(durations(column, pair[1])) for name, pair in pairs.items()}
    floor = largest_floor(runs, column, (before, after), alike)
    found = compare_runs(before, after, floor, seed, column.key)
    return floor, {one.candidate: one for one in found}


def _shifts(metric: Metric, pairs: _Pairs, comparisons: _Comparisons) -> Iterator[Shift]:
    for name, pair in pairs.items():
        before, after = (metric.number(row) for row in pair)
        if before is not None or after is not None:
            yield Shift(name, metric, before, after, comparisons.get(name))
