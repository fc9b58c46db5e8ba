"""Which differences count: exact values differ when they differ, noisy ones when intervals do.

A noisy column's median comes with a confidence interval from order statistics
(`bench.statistics.median_interval`). Two variants whose intervals overlap are called the same.
That rule is strict: it misses some true differences rather than print one that isn't there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from bench.record_types import VariantRecord
from bench.statistics import median_interval
from reports.column import Column


@dataclass(frozen=True)
class Gain:
    """What a step bought in one column.

    Attributes:
        saved: before minus after, in the unit of the column's key.
        ratio: before divided by after; None where after is 0.
        same: the two can't be told apart.
    """

    saved: float
    ratio: Optional[float]
    same: bool


def number(column: Column, variant: VariantRecord) -> Optional[float]:
    """The column's value where it is a number."""
    value = column.value(variant)
    return float(value) if isinstance(value, (int, float)) else None


def interval(column: Column, variant: VariantRecord) -> Optional[tuple[float, float]]:
    """The 95 % interval of a noisy column's median; None where there are too few samples."""
    return median_interval(column.samples(variant))


def same(column: Column, one: VariantRecord, other: VariantRecord) -> Optional[bool]:
    """Whether two known values can't be told apart; None where there are too few samples."""
    if column.spread is None:
        return column.value(one) == column.value(other)
    first, second = interval(column, one), interval(column, other)
    if first is None or second is None:
        return None
    return first[0] <= second[1] and second[0] <= first[1]


def gain(column: Column, before: VariantRecord, after: VariantRecord) -> Optional[Gain]:
    """What going from one variant to another buys; None where it can't be judged."""
    old, new = number(column, before), number(column, after)
    if old is None or new is None:
        return None
    alike = same(column, before, after)
    return None if alike is None else Gain(old - new, old / new if new else None, alike)


def best(column: Column, variants: Sequence[VariantRecord]) -> frozenset[str]:
    """Names of the variants with the best value, and of those that can't be told from it.

    Only variants that answer as the reference does can be best, in a noisy column only those
    with an interval. Empty where neither direction is better, or where nobody is worse.
    """
    known = [variant for variant in variants if _comparable(column, variant)]
    if column.smaller_is_better is None or not known:
        return frozenset()
    sign = 1 if column.smaller_is_better else -1
    winner = min(known, key=lambda variant: sign * (number(column, variant) or 0.0))
    level = [variant.name for variant in known if same(column, winner, variant)]
    return frozenset(level) if len(level) < len(known) else frozenset()


def _comparable(column: Column, variant: VariantRecord) -> bool:
    answers = variant.verification is not None and variant.verification.outputs_match
    sure = column.spread is None or interval(column, variant) is not None
    works = answers and variant.status != "failed"
    return works and sure and number(column, variant) is not None
