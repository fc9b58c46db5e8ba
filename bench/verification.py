"""Whether a variant answers as the reference does: pure, picture by picture.

Two classes may change places only where their probabilities lie within the tolerance of each
other, in both images; so may the last ranked class and the first one that isn't ranked. Where the
tolerance is a share of the pictures, the best class and the labels alone count: a quantised model
moves every probability.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath
from typing import Optional

from bench.answers import Answer, Answers, RankedClass
from bench.ranking import Pair, labels_reason, order_reason, swapped_pairs
from bench.record_types import PictureComparison, Verification
from builders.verification_settings import Agreement, Tolerance

LARGEST_DIFFERENCE = 1.0  # of two probabilities; stands for those that can't be compared
ROUNDING = 1e-6  # float32 may put a sure class a little above 1


def verify_answers(
    reference_name: str, reference: Answers, variant: Answers, *, tolerance: Tolerance, top_k: int
) -> Verification:
    """Judge a variant's answers by the reference's, in the order of the reference's pictures.

    Args:
        reference_name: the reference variant.
        reference: its answers, with the probabilities of all classes.
        variant: the answers to judge, for the same pictures.
        tolerance: largest allowed absolute difference of a class probability, or the share of the
            pictures on which the best class must be the reference's.
        top_k: how many ranked classes must agree; all of them where there are fewer.

    Returns:
        The comparison of each picture; `reason` names the first that differs, and how.
    """
    wanted = tolerance.top1_agreement if isinstance(tolerance, Agreement) else None
    allowed = math.inf if isinstance(tolerance, Agreement) else tolerance
    ours, theirs = _by_picture(reference), _by_picture(variant)
    compared = [
        _compare(ours[picture], theirs[picture], allowed, top_k)
        for picture in ours
        if picture in theirs
    ]
    reasons = (
        _coverage_reason(reference, variant),
        *(f"{item.picture}: {reason}" for item, reason in compared if reason),
        _share_reason([item for item, _ in compared], wanted),
    )
    reason = next(filter(None, reasons), "")
    return Verification(
        reference=reference_name,
        tolerance=min(allowed, LARGEST_DIFFERENCE),
        top1_wanted=wanted,
        top_k=top_k,
        pictures=tuple(item for item, _ in compared),
        outputs_match=not reason,
        reason=reason,
    )


def _by_picture(answers: Answers) -> dict[str, Answer]:
    return {answer.picture: answer for answer in answers.pictures}


def _coverage_reason(reference: Answers, variant: Answers) -> str:
    """Why not every picture could be compared, or an empty string."""
    ours = [answer.picture for answer in reference.pictures]
    theirs = [answer.picture for answer in variant.pictures]
    if not ours:
        return "no picture was compared"
    # Sorted lists, so that a picture answered twice isn't taken for one answered once.
    if sorted(ours) == sorted(theirs):
        return ""
    for name, extra in (("variant", _beyond(theirs, ours)), ("reference", _beyond(ours, theirs))):
        if extra:
            return f"{_name(extra)}: answered by the {name} alone, or more often than by the other"
    return ""


def _beyond(some: list[str], others: list[str]) -> str:
    """The first picture that is more often in `some` than in `others`, or an empty string."""
    more = Counter(some) - Counter(others)
    return next(iter(more), "")


def _share_reason(compared: Sequence[PictureComparison], wanted: Optional[float]) -> str:
    """Why too few best classes agree, or an empty string."""
    others = [item.picture for item in compared if not item.top1_agrees]
    agreeing, total = len(compared) - len(others), len(compared)
    if wanted is None or not others or agreeing / total >= wanted:
        return ""
    where = f"the best class is the reference's on {agreeing} of {total} pictures"
    return f"{others[0]}: {where}, which is less than {100 * wanted:g} %"


def _compare(
    ours: Answer, theirs: Answer, tolerance: float, top_k: int
) -> tuple[PictureComparison, str]:
    """The comparison of one picture, and why it is a mismatch; an empty string when it isn't."""
    ranks = min(top_k, len(ours.probs))
    unusable = _unusable(ours, ranks, "reference") or _unusable(theirs, ranks, "variant")
    if unusable or len(ours.probs) != len(theirs.probs):
        lengths = f"{len(theirs.probs)} classes instead of {len(ours.probs)}"
        return _incomparable(ours), unusable or lengths
    best, others = ours.top[:ranks], theirs.top[:ranks]
    gaps = {pair: _gap(ours, theirs, pair) for pair in swapped_pairs(best, others)}
    ranking = order_reason(gaps, tolerance) or labels_reason(best, others)
    comparison = PictureComparison(
        picture=_name(ours.picture),
        top1_agrees=_identity(best[0]) == _identity(others[0]),
        same_classes=not ranking,
        swaps=sum(gap <= tolerance for gap in gaps.values()),
        max_abs_diff=max(_differences(ours, theirs)),
    )
    return comparison, ranking or _difference_reason(ours, theirs, tolerance)


def _unusable(answer: Answer, ranks: int, who: str) -> str:
    """What forbids comparing this answer at all, or an empty string."""
    class_ids = [ranked.class_id for ranked in answer.top[:ranks]]
    # Not a number is neither below nor above anything, so that it is caught here too.
    if not all(0 <= prob <= 1 + ROUNDING for prob in answer.probs):
        return f"the {who} gave a probability that isn't between 0 and 1"
    if not answer.probs:
        return f"the {who} gave no probabilities"
    if len(class_ids) < ranks:
        return f"the {who} ranked {len(class_ids)} classes instead of {ranks}"
    if len(set(class_ids)) < ranks or not set(class_ids) <= set(range(len(answer.probs))):
        return f"the {who} ranked a class twice or one that doesn't exist"
    return ""


def _gap(ours: Answer, theirs: Answer, pair: Pair) -> float:
    """How far apart the two classes' probabilities lie, in the answer where that is more."""
    one, two = pair
    return max(abs(answer.probs[one] - answer.probs[two]) for answer in (ours, theirs))


def _difference_reason(ours: Answer, theirs: Answer, tolerance: float) -> str:
    differences = _differences(ours, theirs)
    largest = max(differences)
    class_id = differences.index(largest)
    if largest <= tolerance:
        return ""
    return f"the probability of class {class_id} differs by {largest:.2g}"


def _differences(ours: Answer, theirs: Answer) -> list[float]:
    return [abs(one - two) for one, two in zip(ours.probs, theirs.probs)]


def _incomparable(answer: Answer) -> PictureComparison:
    return PictureComparison(
        picture=_name(answer.picture),
        top1_agrees=False,
        same_classes=False,
        swaps=0,
        max_abs_diff=LARGEST_DIFFERENCE,
    )


def _identity(ranked: RankedClass) -> tuple[int, str]:
    return ranked.class_id, ranked.label


def _name(picture: str) -> str:
    # A record is published: the folders of the machine are nobody's business.
    return PurePath(picture).name
