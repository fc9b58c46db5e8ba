"""How a variant's answers compare with the reference's; raw, as it stands in the record."""

from __future__ import annotations

from typing import Optional

from bench.condition_types import Frozen


class PictureComparison(Frozen):
    """One picture's answer against the reference variant's.

    Attributes:
        picture: its file name.
        top1_agrees: whether the best class is the reference's.
        same_classes: whether the k best are in the same order, tolerated swaps apart.
        swaps: neighbours that changed places within the tolerance.
        max_abs_diff: largest difference of a class probability.
    """

    picture: str
    top1_agrees: bool
    same_classes: bool
    swaps: int
    max_abs_diff: float


class AnswerComparison(Frozen):
    """An answer of a service of the user's own against what is expected of it.

    Attributes:
        request: what was asked: method and path, or the command's arguments.
        compared: values and texts that were compared.
        max_abs_diff: largest difference of a number from the expected one; None without numbers.
    """

    request: str
    compared: int
    max_abs_diff: Optional[float] = None


class Verification(Frozen):
    """A variant's answers against the reference's; `reason` says what the first mismatch was.

    Attributes:
        reference: the variant that it was compared with.
        tolerance: largest allowed difference of a class probability; 1 where `top1_wanted` counts.
        top1_wanted: the share of the pictures whose best class must be the reference's, where that
            is what its model is held to; else None.
        top_k: classes that were compared; None of a service of the user's own.
        pictures: each one's comparison.
        answers: of such a service, instead of pictures.
        outputs_match: whether the answers are right.
        reason: what the first mismatch was; empty where they match.
    """

    reference: str
    tolerance: float
    top1_wanted: Optional[float] = None
    top_k: Optional[int] = None
    pictures: tuple[PictureComparison, ...] = ()
    answers: tuple[AnswerComparison, ...] = ()
    outputs_match: bool
    reason: str = ""

    @property
    def top1_agreement(self) -> Optional[float]:
        """Share of the pictures whose best class and label are the reference's; None without."""
        agreeing = [picture.top1_agrees for picture in self.pictures]
        return sum(agreeing) / len(agreeing) if agreeing else None

    @property
    def max_abs_diff(self) -> Optional[float]:
        """The largest difference of any class probability or number; None without any."""
        differences = [picture.max_abs_diff for picture in self.pictures]
        known = [one.max_abs_diff for one in self.answers if one.max_abs_diff is not None]
        return max((*differences, *known), default=None)

    @property
    def swaps(self) -> int:
        """How many neighbours changed places within the tolerance, over all pictures."""
        return sum(picture.swaps for picture in self.pictures)
