"""What a service answers to a picture, checked: wrong answers are not timed."""

from __future__ import annotations

from pathlib import Path
from typing import Union

from pydantic import BaseModel, ConfigDict, ValidationError

from bench.answers import Answer, RankedClass
from bench.expectation import mismatch
from builders.errors import WrongAnswer

LONGEST_QUOTE = 200  # characters


class Prediction(BaseModel):
    """The answer to one picture; keys that a later version adds are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    class_id: int
    confidence: float
    label: str
    top: tuple[RankedClass, ...]


def prediction(body: Union[bytes, str]) -> Prediction:
    """The answer in a body; raises WrongAnswer for anything else."""
    try:
        found = Prediction.model_validate_json(body)
    except ValidationError as error:
        text = body.decode(errors="replace") if isinstance(body, bytes) else body
        raise WrongAnswer(f"answered {text[:LONGEST_QUOTE]!r} instead of classes") from error
    best = found.top[0] if found.top else None
    if best is None or (found.class_id, found.label) != (best.class_id, best.label):
        raise WrongAnswer(f"class_id {found.class_id} isn't that of its first class")
    return found


def require_right(body: Union[bytes, str], expected: Answer, tolerance: float, doing: str) -> None:
    """Pass where the body is the expected answer.

    Args:
        body: of an answer to this picture.
        expected: the reference's answer.
        tolerance: largest allowed absolute difference of a probability.
        doing: what was asked, for the error.

    Raises:
        WrongAnswer: it isn't.
    """
    found = prediction(body)
    reason = mismatch(expected, found.top, tolerance)
    if not reason and abs(found.confidence - found.top[0].prob) > tolerance:
        reason = f"confidence {found.confidence:.6f} isn't that of its first class"
    if reason:
        raise WrongAnswer(
            f"{doing} was answered wrong: {reason}",
            where=Path(expected.picture).name,
            next_step="it answered right one by one, so look for what mixes pictures up",
        )
