"""How services that don't speak our protocol are asked: `service` of a matrix, as frozen values.

Paths of files are relative to the folder of the matrix file and stay inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Optional

from pydantic import AfterValidator, Field, model_validator

from builders.matrix_values import Duration, Flag, Frozen
from builders.own_answers import CommandExpectation, HttpExpectation


def _absolute(path: str) -> str:
    if not path.startswith("/") or ".." in path.split("/"):
        raise ValueError("must begin with '/', and hold no '..'")
    return path


AbsolutePath = Annotated[str, AfterValidator(_absolute)]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Request(Frozen):
    """One request; at most one of `json`, `body` and `form`."""

    method: Optional[Method] = Field(
        default=None,
        description="the method; left out, `GET` without anything to send, otherwise `POST`",
        examples=["PUT"],
    )
    path: AbsolutePath = Field(
        default="/",
        description="what is asked for, with its query; it begins with `/`",
        examples=["/predict"],
    )
    headers: Mapping[str, str] = Field(
        default={},
        description="name to value; `Content-Type` is there where something is sent",
        examples=[{"Accept": "application/json"}],
    )
    json_body: Any = Field(
        default=None,
        alias="json",
        description="any value, which is sent as JSON",
        examples=[{"features": [5.1, 3.5, 1.4, 0.2]}],
    )
    body: Optional[str] = Field(
        default=None, description="path of a file that is sent as it stands", examples=["photo.jpg"]
    )
    form: Mapping[str, str] = Field(
        default={},
        description="name of a part to path of a file: sent as a browser's form sends"
        " files. At most one"
        " of `json`, `body` and `form`",
        examples=[{"file": "photo.jpg"}],
    )

    @model_validator(mode="after")
    def _sends_one_thing(self) -> Request:
        if sum((self.json_body is not None, self.body is not None, bool(self.form))) > 1:
            raise ValueError("can send only one of 'json', 'body' and 'form'")
        return self


class HttpService(Frozen):
    """A service that listens on a port of its container."""

    port: Annotated[int, Field(strict=True, ge=1, le=65535)] = Field(
        description="the port that it listens on in its container, on 0.0.0.0; none of the"
        " host's is published",
        examples=[5000],
    )
    ready: AbsolutePath = Field(
        default="/",
        description="a path that answers 200 as soon as it is ready; asked with GET every few"
        " milliseconds",
        examples=["/health"],
    )
    request: Request = Field(
        description="the one request that it is asked, again and again",
        examples=[{"path": "/predict", "json": {"features": [5.1, 3.5]}}],
    )
    expect: HttpExpectation = Field(
        default_factory=HttpExpectation,
        description="what a right answer is; without `json`, `text` and `same`, the reference's"
        " whole answer",
        examples=[{"json": {"$.species": "setosa"}, "same": ["$.probabilities"]}],
    )


class CommandService(Frozen):
    """A command that answers on standard output and ends."""

    arguments: tuple[str, ...] = Field(
        default=(),
        description="list of its arguments, instead of the image's own `CMD`",
        examples=[["/data/flower.json"]],
    )
    entrypoint: Optional[tuple[str, ...]] = Field(
        default=None,
        min_length=1,
        description="list of words, instead of the image's own entry point",
        examples=[["python", "predict.py"]],
    )
    files: Mapping[AbsolutePath, str] = Field(
        default={},
        description="path in the container to a file or folder of yours, which is seen there and"
        " can't be changed",
        examples=[{"/data/flower.json": "flower.json"}],
    )
    expect: CommandExpectation = Field(
        default_factory=CommandExpectation,
        description="what a right answer is; without `json`, `text` and `same`, the reference's"
        " whole answer",
        examples=[{"exit_code": 0, "text": {"contains": "setosa"}}],
    )


class ContainerSettings(Frozen):
    """What the containers get beside the limits; left out, what `docker run` would give."""

    user: Optional[str] = Field(
        default=None,
        description="the user that it runs as, instead of the image's own",
        examples=["65532:65532"],
    )
    read_only: Flag = Field(
        default=False,
        description="whether nothing of the root file system may be written",
        examples=[True],
    )
    tmpfs: tuple[AbsolutePath, ...] = Field(
        default=(),
        description="list of folders in memory, which may be written in any case",
        examples=[["/tmp"]],  # noqa: S108
    )
    environment: Mapping[str, str] = Field(
        default={},
        description="variable to value; the record has their names alone",
        examples=[{"LOG_LEVEL": "warning"}],
    )
    capabilities: Literal["default", "none"] = Field(
        default="default",
        description="`default`: those of `docker run`; `none` takes them all away, and new"
        " privileges too",
        examples=["none"],
    )


class Service(Frozen):
    """How every image of the matrix is asked: over HTTP, or by running it."""

    http: Optional[HttpService] = Field(
        default=None,
        description="a service that listens on a port of its container; this or `command`",
        examples=[{"port": 5000, "request": {"path": "/predict"}}],
    )
    command: Optional[CommandService] = Field(
        default=None,
        description="a command that answers on standard output and ends; this or `http`",
        examples=[{"arguments": ["--version"]}],
    )
    container: ContainerSettings = Field(
        default_factory=ContainerSettings,
        description="what its containers get beside `limits`; left out, what `docker run` would"
        " give",
        examples=[{"read_only": True, "capabilities": "none"}],
    )
    timeout_s: Duration = Field(
        default=60,
        alias="timeout",
        description="a time, such as `90s`: the longest of a start, of an answer, of a run",
        examples=["2min"],
        json_schema_extra={"default": "1min"},
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Service:
        if (self.http is None) == (self.command is None):
            raise ValueError("needs one of 'http' and 'command'")
        return self

    @property
    def kind(self) -> Literal["http", "command"]:
        """How it is asked."""
        return "command" if self.http is None else "http"
