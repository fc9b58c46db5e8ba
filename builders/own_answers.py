"""What a right answer of a service of the user's own is: `expect` of a matrix's `service`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Optional

import jsonpath
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from builders.matrix_values import OR_TEXT, Frozen, number


def _json_path(text: str) -> str:
    try:
        jsonpath.compile(text)
    except jsonpath.JSONPathError as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"must be a JSON path such as $.score or $.items[0] ({reason})") from None
    return text


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"must be a regular expression of Python's ({error})") from None
    return text


JsonPath = Annotated[str, AfterValidator(_json_path)]


class ExpectedText(Frozen):
    """What the answer is, as text; exactly one of the three, white space at its ends apart."""

    equals: Optional[str] = Field(default=None, description="the whole answer", examples=["setosa"])
    contains: Optional[str] = Field(
        default=None, description="stands somewhere in the answer", examples=["setosa"]
    )
    matches: Optional[Annotated[str, AfterValidator(_expression)]] = Field(
        default=None,
        description="a regular expression that is found in the answer",
        examples=["seto(sa|nia)"],
    )

    @model_validator(mode="after")
    def _one_of_three(self) -> ExpectedText:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("needs one of 'equals', 'contains' and 'matches'")
        return self


class Expectation(Frozen):
    """What a right answer is; without `json`, `text` and `same`, the reference's whole answer."""

    json_values: Mapping[JsonPath, Any] = Field(
        default={},
        alias="json",
        description="JSON path to the value that must be there",
        examples=[{"$.species": "setosa"}],
    )
    text: Optional[ExpectedText] = Field(
        default=None,
        description="one of `{equals: TEXT}`, `{contains: TEXT}` and `{matches:"
        " EXPRESSION}`, white space at the"
        " answer's ends apart",
        examples=[{"contains": "setosa"}],
    )
    same: tuple[JsonPath, ...] = Field(
        default=(),
        description="list of JSON paths at which the answer must be the reference's; left"
        " out, all, unless"
        " `json` or `text` is there",
        examples=[["$.probabilities"]],
    )
    tolerance: Annotated[float, BeforeValidator(number), Field(ge=0), OR_TEXT] = Field(
        default=1e-6,
        description="largest difference of a number from the expected one",
        examples=[0.0001],
    )


class HttpExpectation(Expectation):
    """Of an answer over HTTP."""

    status: Annotated[int, Field(strict=True, ge=100, le=599)] = Field(
        default=200, description="the status that it must have", examples=[201]
    )


class CommandExpectation(Expectation):
    """Of what a command wrote to standard output."""

    exit_code: Annotated[int, Field(strict=True, ge=0, le=255)] = Field(
        default=0, description="the exit code that it must end with", examples=[1]
    )
