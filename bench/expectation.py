"""Whether a timed answer is the expected one: wrong answers are not timed."""

from __future__ import annotations

from collections.abc import Sequence

from bench.answers import Answer, RankedClass
from bench.ranking import labels_reason, order_reason, swapped_pairs


def mismatch(expected: Answer, found: Sequence[RankedClass], tolerance: float) -> str:
    """Why the ranked classes aren't the expected ones, or an empty string.

    Args:
        expected: the reference's answer, with every class's probability.
        found: as many classes as were asked for, best first.
        tolerance: largest allowed absolute difference of a probability; classes that lie within
            it of each other may change places.
    """
    best = expected.top[: len(found)]
    class_ids = {ranked.class_id for ranked in found}
    if not found or len(found) != len(best) or len(class_ids) < len(found):
        return f"{len(class_ids)} classes instead of {max(len(best), 1)}"
    if not class_ids <= set(range(len(expected.probs))):
        return "a class that doesn't exist"
    gaps = {
        (one, two): abs(expected.probs[one] - expected.probs[two])
        for one, two in swapped_pairs(best, found)
    }
    return (
        order_reason(gaps, tolerance)
        or labels_reason(best, found)
        or _difference_reason(expected, found, tolerance)
    )


def _difference_reason(expected: Answer, found: Sequence[RankedClass], tolerance: float) -> str:
    for ranked in found:
        difference = abs(ranked.prob - expected.probs[ranked.class_id])
        if not difference <= tolerance:  # not a number is no match
            return f"the probability of class {ranked.class_id} differs by {difference:.2g}"
    return ""
