"""Every pair of variants by their p95, told apart or not; `bench.tails` has the method.

The verdicts on a median (`reports.verdicts`) say nothing of the slowest requests, so that what is
said of p95 is judged by p95 itself.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Optional

from bench.comparability import differing, whole_rounds
from bench.noise_floor import NoiseFloor
from bench.record_types import Record, VariantRecord
from bench.tails import Containers, TailComparison, compare_tails, tail_floor
from reports.columns import LATENCY_P95
from reports.figures import container_requests_ms
from reports.image_columns import SIZE

Q = 0.95


@dataclass(frozen=True)
class Tails:
    """What is known of the p95 of all variants that can be chosen.

    Attributes:
        rows: those that answer as the reference does, whose size and p95 are known, and that were
            measured under its conditions.
        pairs: by the names of baseline and candidate, both ways round; a pair is missing where
            containers are too few.
        floor: the A/A pair; None where the reference was measured once, or too few times.
        apart: those that could be chosen but for their conditions.
    """

    rows: tuple[VariantRecord, ...]
    pairs: Mapping[tuple[str, str], TailComparison]
    floor: Optional[NoiseFloor]
    apart: tuple[str, ...] = ()

    def of(self, baseline: str, candidate: str) -> Optional[TailComparison]:
        """The candidate against the baseline; None where they don't compare."""
        return self.pairs.get((baseline, candidate))

    def among(self, names: Container[str]) -> Tails:
        """The same of some of the variants."""
        return replace(self, rows=tuple(row for row in self.rows if row.name in names))

    @property
    def unjudged(self) -> tuple[tuple[str, str], ...]:
        """The pairs of which nothing can be told."""
        pairs = combinations((row.name for row in self.rows), 2)
        return tuple(pair for pair in pairs if pair not in self.pairs)


def judge_tails(record: Record) -> Tails:
    """Compare the p95 of all variants that can be chosen with each other."""
    record = whole_rounds(record)
    rows = [row for row in record.variants if _can_be_chosen(row)]
    alike, floor = tuple(_alike(rows, record.reference)), _floor(record)
    apart = tuple(row.name for row in rows if row not in alike)
    return Tails(alike, dict(_pairs(alike, floor, record.conditions.seed)), floor, apart)


def _alike(rows: Sequence[VariantRecord], reference: str) -> Iterator[VariantRecord]:
    """Those that compare with the reference or, where that can't be chosen, with the first."""
    first = next((row for row in rows if row.name == reference), next(iter(rows), None))
    for row in rows:
        if first is not None and not differing(first, row):
            yield row


def _can_be_chosen(row: VariantRecord) -> bool:
    answers = row.verification is not None and row.verification.outputs_match
    known = all(column.value(row) is not None for column in (SIZE, LATENCY_P95))
    return answers and known and row.status != "failed"


def _pairs(
    rows: Sequence[VariantRecord], floor: Optional[NoiseFloor], seed: int
) -> Iterator[tuple[tuple[str, str], TailComparison]]:
    by_name = {row.name: row for row in rows}
    for found in compare_tails({row.name: _requests(row) for row in rows}, floor, Q, seed):
        if not differing(by_name[found.baseline], by_name[found.candidate]):
            yield (found.baseline, found.candidate), found
            yield (found.candidate, found.baseline), found.turned_round


def _floor(record: Record) -> Optional[NoiseFloor]:
    reference = next((row for row in record.variants if row.name == record.reference), None)
    if reference is None or record.again is None:
        return None
    once, again = _requests(reference), _requests(record.again)
    return tail_floor(once, again, Q, record.conditions.seed)


def _requests(row: VariantRecord) -> Containers:
    return container_requests_ms(row.samples)
