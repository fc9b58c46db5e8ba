"""The interface's answers as checked values; keys that a later version adds are passed over."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal, Optional, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bench.answers import RankedClass
from bench.probe.client import Answer
from bench.probe.exchange_failures import Unexpected

JSON = "application/json"
TRACEBACK = b"Traceback (most recent call last)"
ROUNDING = 1e-4  # what `confidence` and `prob` of one class may differ by

Probability = Annotated[float, Field(ge=0, le=1 + 1e-6)]
Text = Annotated[str, Field(min_length=1)]
Seconds = Annotated[float, Field(ge=0)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, protected_namespaces=())


class Health(_Form):
    """`/health` of a service that works."""

    status: Literal["ok"]
    model_loaded: Literal[True]
    gpu_available: bool
    model: Text
    backend: Text
    version: Text


class Ready(_Form):
    """`/ready` of a service that takes requests."""

    status: Literal["ready"]


class OnePrediction(_Form):
    """One picture's classes, as they stand in a batch, too."""

    class_id: Annotated[int, Field(ge=0)]
    confidence: Probability
    label: str
    top: Annotated[tuple[RankedClass, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> OnePrediction:
        probs = [one.prob for one in self.top]
        if [one.rank for one in self.top] != list(range(1, len(self.top) + 1)):
            raise ValueError("the ranks in top don't count from 1")
        if not all(0 <= prob <= 1 + ROUNDING for prob in probs) or sum(probs) > 1 + ROUNDING:
            raise ValueError("the probabilities in top are none")
        if probs != sorted(probs, reverse=True):
            raise ValueError("top doesn't begin with the most probable class")
        best = self.top[0]
        if (best.class_id, best.label) != (self.class_id, self.label):
            raise ValueError("class_id and label aren't those of the first in top")
        if abs(best.prob - self.confidence) > ROUNDING:
            raise ValueError("confidence isn't the probability of the first in top")
        return self


class _Timed(_Form):
    processing_time: Seconds
    gpu_utilization: Optional[float]


class Single(OnePrediction, _Timed):
    """`/predict` with one file."""


class Several(_Timed):
    """`/predict` with several files."""

    predictions: tuple[OnePrediction, ...]


class ErrorBody(_Form):
    """What stands under `error`."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    message: Annotated[str, Field(pattern=r"^[^\r\n]+$")]


class ErrorForm(_Form):
    """A refusal."""

    error: ErrorBody


Form = TypeVar("Form", bound=_Form)


def parsed(answer: Answer, form: type[Form], status: int = HTTPStatus.OK) -> Form:
    """The answer in this form; raises Unexpected with what came instead."""
    if answer.status != status:
        raise Unexpected(described(answer))
    if TRACEBACK in answer.body:
        raise Unexpected(f"{answer.status} with a traceback")
    if answer.media_type != JSON:
        raise Unexpected(f"{answer.status} with {answer.media_type or 'no media type'}, no JSON")
    try:
        # Strict: "5" is no number; by itself pydantic would take it for one.
        return form.model_validate_json(answer.body, strict=True)
    except ValidationError as error:
        raise Unexpected(f"{answer.status}, but {_first_problem(error)}") from None


def described(answer: Answer) -> str:
    """An answer of another status than expected, in a few words."""
    if answer.location:
        return f"{answer.status}, a redirect to {answer.location}"
    if TRACEBACK in answer.body:
        return f"{answer.status} with a traceback"
    try:
        return f"{answer.status}: {ErrorForm.model_validate_json(answer.body).error.message}"
    except ValidationError:
        return f"{answer.status} with {answer.media_type or 'no media type'}"


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return "the body is no JSON"
    key = ".".join(map(str, first["loc"]))
    what = first["msg"].replace("Value error, ", "").replace("Input should", "it should")
    return f"{key}: {what}" if key else what
