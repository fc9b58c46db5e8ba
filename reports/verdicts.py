"""Every pair of variants, told apart or not; the only place where noisy figures are judged.

`bench.comparison` has the method. Pairs whose conditions differ keep no verdict, but count in the
correction for how many pairs there are, which makes it stricter, never laxer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Optional

from bench.comparability import DifferingCondition, differing, whole_rounds
from bench.comparison import Comparison, compare_all
from bench.noise_floor import NoiseFloor, noise_floor
from bench.record_types import Record, VariantRecord
from reports.column import Column

Pair = tuple[str, str]  # baseline and candidate, either way round


@dataclass(frozen=True)
class Verdicts:
    """What is known of all pairs in the columns that are judged.

    Attributes:
        by_column: by the column's key, then by the names of a pair, both ways round.
        floors: the A/A pair by the column's key; None where the reference was measured once, or
            too few times.
        apart: conditions in which two measured rows differ, by their names in the record's order.
    """

    by_column: Mapping[str, Mapping[Pair, Comparison]]
    floors: Mapping[str, Optional[NoiseFloor]]
    apart: Mapping[Pair, tuple[DifferingCondition, ...]]

    def of(self, column: Column, baseline: str, candidate: str) -> Optional[Comparison]:
        """The candidate against the baseline; None where they don't compare."""
        return self.by_column.get(column.key, {}).get((baseline, candidate))

    def judged(self, column: Column, name: str) -> bool:
        """Whether the variant has a verdict against any other."""
        pairs = self.by_column.get(column.key, {}).items()
        return any(pair[0] == name and found.verdict is not None for pair, found in pairs)

    def differing(self, one: str, other: str) -> tuple[DifferingCondition, ...]:
        """The conditions that keep two rows from being compared, whichever comes first."""
        return self.apart.get((one, other)) or self.apart.get((other, one), ())


def judge(record: Record, columns: Sequence[Column]) -> Verdicts:
    """Compare all variants of the record with each other, in each of these columns."""
    record = whole_rounds(record)
    apart = dict(_apart(record.variants))
    floors = {column.key: floor_of(record, column) for column in columns}
    by_column = {
        column.key: dict(_pairs(record, column, floors[column.key], apart)) for column in columns
    }
    return Verdicts(by_column, floors, apart)


def _apart(
    rows: Sequence[VariantRecord],
) -> Iterator[tuple[Pair, tuple[DifferingCondition, ...]]]:
    measured = [row for row in rows if row.samples and row.status != "failed"]
    for one, other in combinations(measured, 2):
        if conditions := differing(one, other):
            yield (one.name, other.name), conditions


def _pairs(
    record: Record,
    column: Column,
    floor: Optional[NoiseFloor],
    apart: Mapping[Pair, tuple[DifferingCondition, ...]],
) -> Iterator[tuple[Pair, Comparison]]:
    samples = {row.name: durations(column, row) for row in record.variants}
    for found in compare_all(samples, floor, record.conditions.seed, column.key):
        if (found.baseline, found.candidate) not in apart:
            yield (found.baseline, found.candidate), found
            yield (found.candidate, found.baseline), found.turned_round


def floor_of(record: Record, column: Column) -> Optional[NoiseFloor]:
    """What the run's A/A pair shows; None where the reference was measured once or too rarely."""
    rows = {row.name: row for row in record.variants}
    if record.again is None or record.reference not in rows:
        return None
    once, again = (durations(column, row) for row in (rows[record.reference], record.again))
    return noise_floor(once, again, record.conditions.seed) if once and again else None


def durations(column: Column, row: VariantRecord) -> Sequence[float]:
    """The row's samples; none where one of them is no duration, so that no ratio can be told."""
    samples = column.samples(row)
    return samples if all(value > 0 for value in samples) else ()
