"""The smallest image that is nearly as fast as the fastest, if this run can tell which that is."""

from __future__ import annotations

from itertools import groupby
from typing import Literal

from bench.record_types import VariantRecord
from reports.image_columns import SIZE
from reports.judgement import number
from reports.tails import Tails

NEAR = 1.10  # times the best p95


def near_best(tails: Tails) -> tuple[VariantRecord, ...]:
    """The smallest images whose p95 is within 10 % of the best; several only of equal size.

    Empty where a variant that is as small or smaller may be within 10 % or not: an interval that
    holds 1.10 leaves it open.
    """
    for _, group in groupby(sorted(tails.rows, key=_size), _size):
        rows = tuple(group)
        found = [_standing(row, tails) for row in rows]
        if "open" in found:
            return ()
        if "within" in found:
            return tuple(row for row, one in zip(rows, found) if one == "within")
    return ()


def _standing(row: VariantRecord, tails: Tails) -> Literal["within", "beyond", "open"]:
    """Beyond one other is beyond the best; within the best is within each other."""
    others = [other.name for other in tails.rows if other.name != row.name]
    pairs = [found for name in others for found in [tails.of(name, row.name)] if found]
    if any(found.interval.low > NEAR for found in pairs):
        return "beyond"
    sure = len(pairs) == len(others) and all(found.interval.high <= NEAR for found in pairs)
    return "within" if sure else "open"


def _size(row: VariantRecord) -> float:
    return number(SIZE, row) or 0.0
