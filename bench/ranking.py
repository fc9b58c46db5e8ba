"""Whether two rankings of classes are the same, exchanges of near-equal classes apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from bench.answers import RankedClass

Pair = tuple[int, int]


def swapped_pairs(best: Sequence[RankedClass], others: Sequence[RankedClass]) -> tuple[Pair, ...]:
    """Classes ranked in one order here and in the other there; unranked ones share a last place.

    Their number is that of the neighbours' exchanges that lead from one ranking to the other.
    """
    here = {ranked.class_id: place for place, ranked in enumerate(best)}
    there = {ranked.class_id: place for place, ranked in enumerate(others)}
    last = len(best)
    return tuple(
        (one, two)
        for one, two in combinations(sorted({*here, *there}), 2)
        if (here.get(one, last) - here.get(two, last))
        * (there.get(one, last) - there.get(two, last))
        < 0
    )


def order_reason(gaps: Mapping[Pair, float], tolerance: float) -> str:
    """Why the order differs, given how far apart exchanged classes lie; or an empty string."""
    for (one, two), gap in gaps.items():
        if gap > tolerance:
            return f"classes {one} and {two} changed places, though {gap:.2g} apart"
    return ""


def labels_reason(best: Sequence[RankedClass], others: Sequence[RankedClass]) -> str:
    """Which class's label differs, or an empty string."""
    labels = {ranked.class_id: ranked.label for ranked in best}
    for ranked in others:
        expected = labels.get(ranked.class_id, ranked.label)
        if ranked.label != expected:
            return f"class {ranked.class_id} is labelled {ranked.label!r}, not {expected!r}"
    return ""
