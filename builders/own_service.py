"""How services that don't speak our protocol are asked: `service` of a matrix, as frozen values.

Paths of files are relative to the folder of the matrix file and stay inside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Optional

import jsonpath
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from builders.matrix_values import Frozen, number
from builders.units import duration_s


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


def _absolute(path: str) -> str:
    if not path.startswith("/") or ".." in path.split("/"):
        raise ValueError("must begin with '/', and hold no '..'")
    return path


JsonPath = Annotated[str, AfterValidator(_json_path)]
AbsolutePath = Annotated[str, AfterValidator(_absolute)]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class ExpectedText(Frozen):
    """What the answer is, as text; exactly one of the three, white space at its ends apart."""

    equals: Optional[str] = Field(default=None, description="the whole answer")
    contains: Optional[str] = Field(default=None, description="stands somewhere in the answer")
    matches: Optional[Annotated[str, AfterValidator(_expression)]] = Field(
        default=None, description="a regular expression that is found in the answer"
    )

    @model_validator(mode="after")
    def _one_of_three(self) -> ExpectedText:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("needs one of 'equals', 'contains' and 'matches'")
        return self


class Expectation(Frozen):
    """What a right answer is; without `json`, `text` and `same`, the reference's whole answer."""

    json_values: Mapping[JsonPath, Any] = Field(
        default={}, alias="json", description="JSON path to the value that must be there"
    )
    text: Optional[ExpectedText] = None
    same: tuple[JsonPath, ...] = Field(
        default=(), description="JSON paths at which the answer must be the reference's"
    )
    tolerance: Annotated[float, BeforeValidator(number), Field(ge=0)] = Field(
        default=1e-6, description="largest difference of a number from the expected one"
    )


class HttpExpectation(Expectation):
    """Of an answer over HTTP."""

    status: Annotated[int, Field(strict=True, ge=100, le=599)] = 200


class CommandExpectation(Expectation):
    """Of what a command wrote to standard output."""

    exit_code: Annotated[int, Field(strict=True, ge=0, le=255)] = 0


class Request(Frozen):
    """One request; at most one of `json`, `body` and `form`.

    Attributes:
        method: GET without anything to send, otherwise POST.
    """

    method: Optional[Method] = None
    path: AbsolutePath = "/"
    headers: Mapping[str, str] = {}
    json_body: Any = Field(default=None, alias="json", description="sent as JSON")
    body: Optional[str] = Field(default=None, description="a file that is sent as it stands")
    form: Mapping[str, str] = Field(
        default={}, description="files that are sent as a form: name of the part to path"
    )

    @model_validator(mode="after")
    def _sends_one_thing(self) -> Request:
        if sum((self.json_body is not None, self.body is not None, bool(self.form))) > 1:
            raise ValueError("can send only one of 'json', 'body' and 'form'")
        return self


class HttpService(Frozen):
    """A service that listens on a port of its container."""

    port: Annotated[int, Field(strict=True, ge=1, le=65535)]
    ready: AbsolutePath = Field(default="/", description="answers 200 as soon as it is ready")
    request: Request
    expect: HttpExpectation = HttpExpectation()


class CommandService(Frozen):
    """A command that answers on standard output and ends.

    Attributes:
        files: path in the container to a file or folder that is seen there, read-only.
    """

    arguments: tuple[str, ...] = Field(default=(), description="instead of the image's own")
    entrypoint: Optional[tuple[str, ...]] = Field(
        default=None, min_length=1, description="instead of the image's own"
    )
    files: Mapping[AbsolutePath, str] = {}
    expect: CommandExpectation = CommandExpectation()


class ContainerSettings(Frozen):
    """What the containers get beside the limits; left out, what `docker run` would give."""

    user: Optional[str] = Field(default=None, description="instead of the image's own")
    read_only: Annotated[bool, Field(strict=True)] = False
    tmpfs: tuple[AbsolutePath, ...] = Field(default=(), description="folders in memory")
    environment: Mapping[str, str] = {}
    capabilities: Literal["default", "none"] = "default"


class Service(Frozen):
    """How every image of the matrix is asked: over HTTP, or by running it.

    Attributes:
        timeout_s: of a start, of an answer, of a run.
    """

    http: Optional[HttpService] = None
    command: Optional[CommandService] = None
    container: ContainerSettings = ContainerSettings()
    timeout_s: Annotated[float, BeforeValidator(duration_s)] = Field(default=60, alias="timeout")

    @model_validator(mode="after")
    def _one_of_two(self) -> Service:
        if (self.http is None) == (self.command is None):
            raise ValueError("needs one of 'http' and 'command'")
        return self

    @property
    def kind(self) -> Literal["http", "command"]:
        """How it is asked."""
        return "command" if self.http is None else "http"
