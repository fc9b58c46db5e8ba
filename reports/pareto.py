"""The variants that no other beats, size against p95.

Size is exact and p95 is noisy, so that a larger image has to show that it is faster: where the two
can't be told apart, the smaller one beats it.
"""

from __future__ import annotations

from bench.record_types import Record, VariantRecord
from reports.columns import LATENCY_P95
from reports.image_columns import SIZE
from reports.judgement import number
from reports.tails import Tails, judge_tails


def pareto(record: Record) -> tuple[str, ...]:
    """Names of the front, the smallest image first.

    Only variants take part that answer as the reference does, under its conditions, and whose size
    and p95 are known. None of the front beats another of it, and each of the others is beaten by
    one of the front. A pair that can't be judged (too few containers) is no victory for either.
    """
    return front(judge_tails(record))


def front(tails: Tails) -> tuple[str, ...]:
    """The same of p95s that are judged already.

    From the smallest image up, since nobody is beaten by a larger one. Who was beaten beats nobody:
    being told apart isn't transitive, and of three in a row the last may be clearly faster than the
    first without being so than the one between.
    """
    chosen: list[VariantRecord] = []
    for row in sorted(tails.rows, key=_place):
        if not any(beats(other, row, tails) for other in chosen):
            chosen.append(row)
    return tuple(row.name for row in chosen)


def beats(one: VariantRecord, other: VariantRecord, tails: Tails) -> bool:
    """Whether it is smaller and not slower, or not larger and faster, by the verdict on p95."""
    found = tails.of(other.name, one.name)
    if found is None:
        return False
    smaller, equal = _size(one) < _size(other), _size(one) == _size(other)
    return (smaller and found.verdict != "slower") or (equal and found.verdict == "faster")


def _size(row: VariantRecord) -> float:
    return number(SIZE, row) or 0.0


def _place(row: VariantRecord) -> tuple[float, float]:
    return _size(row), number(LATENCY_P95, row) or 0.0
