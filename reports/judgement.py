"""Which differences count: exact values differ when they differ, noisy ones by their verdict.

A column with `spread` is noisy, and judged by `reports.verdicts` alone; one that isn't judged there
has neither a best value nor a gain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from bench.record_types import VariantRecord
from reports.column import Column
from reports.verdicts import Verdicts


@dataclass(frozen=True)
class Gain:
    """What a step bought in one column.

    Attributes:
        saved: before minus after, in the unit of the column's key.
        ratio: before divided by after; None where after is 0.
        same: the two can't be told apart; None where there are too few samples to tell.
    """

    saved: float
    ratio: Optional[float]
    same: Optional[bool]


def number(column: Column, variant: VariantRecord) -> Optional[float]:
    """The column's value where it is a number."""
    value = column.value(variant)
    return float(value) if isinstance(value, (int, float)) else None


def same(
    column: Column, one: VariantRecord, other: VariantRecord, verdicts: Verdicts
) -> Optional[bool]:
    """Whether two known values can't be told apart; None where that can't be judged."""
    if column.spread is None:
        return column.value(one) == column.value(other)
    if one.name == other.name:
        return True
    found = verdicts.of(column, one.name, other.name)
    return None if found is None or found.verdict is None else found.verdict == "same"


def gain(
    column: Column, before: VariantRecord, after: VariantRecord, verdicts: Verdicts
) -> Optional[Gain]:
    """What going from one variant to another buys; None where one isn't known or comparable."""
    old, new = number(column, before), number(column, after)
    noisy = column.spread is not None
    if old is None or new is None or (noisy and not verdicts.of(column, before.name, after.name)):
        return None
    alike = same(column, before, after, verdicts)
    return Gain(old - new, old / new if new else None, alike)


def best(column: Column, variants: Sequence[VariantRecord], verdicts: Verdicts) -> frozenset[str]:
    """Names of the variants with the best value, and of those that can't be told from it.

    Only variants whose outputs match can be best, in a noisy column only those that
    have a verdict. Empty where neither direction is better, where nobody is worse, and where not
    all of them compare with the best.
    """
    known = [variant for variant in variants if _competes(column, variant, verdicts)]
    if column.smaller_is_better is None or not known:
        return frozenset()
    sign = 1 if column.smaller_is_better else -1
    winner = min(known, key=lambda variant: sign * (number(column, variant) or 0.0))
    alike = {variant.name: same(column, winner, variant, verdicts) for variant in known}
    if None in alike.values() or all(alike.values()):
        return frozenset()
    return frozenset(name for name, level in alike.items() if level)


def _competes(column: Column, variant: VariantRecord, verdicts: Verdicts) -> bool:
    answers = variant.verification is not None and variant.verification.outputs_match
    works = answers and variant.status != "failed"
    sure = column.spread is None or verdicts.judged(column, variant.name)
    return works and sure and number(column, variant) is not None
