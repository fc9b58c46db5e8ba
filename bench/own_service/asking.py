"""The one question that every container of a service of the user's own is asked."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from bench.own_service.judging import Given, judge
from bench.service.container import Service as Running
from bench.service.conversation import HttpRequest, asked
from bench.service.multipart import CONTENT_TYPE, form, media_type
from builders.errors import WrongAnswer
from builders.own_answers import Expectation
from builders.own_service import Request


@dataclass(frozen=True)
class Answer:
    """What came, when its request was sent and when it had been read, on the host's clock."""

    given: Given
    sent_ns: int
    answered_ns: int

    @property
    def latency_ns(self) -> int:
        """Request to answer."""
        return self.answered_ns - self.sent_ns


@dataclass(frozen=True)
class Right:
    """What a right answer is; `reference` is None while the reference itself is asked."""

    expected: Expectation
    reference: Optional[Given]

    def require(self, given: Given, doing: str, where: str) -> None:
        """Pass where the answer is right.

        Raises:
            WrongAnswer: it is not; `doing` and `where` say in what.
        """
        found = judge(given, self.expected, self.reference)
        if found.reason:
            raise WrongAnswer(f"{found.reason} while answering {doing}", where=where)


def http_request(request: Request, folder: Path) -> HttpRequest:
    """The request as it is sent, with its files read from the matrix's folder.

    Raises:
        OSError: a file can't be read.
    """
    body, kind = _content(request, folder)
    headers = {"Content-Type": kind} if kind else {}
    given = {name.lower() for name in request.headers}
    usual = {name: value for name, value in headers.items() if name.lower() not in given}
    method = request.method or ("GET" if body is None else "POST")
    return HttpRequest(method, request.path, body, {**usual, **request.headers})


def answer(running: Running, request: HttpRequest, timeout_s: float) -> Answer:
    """Ask once, on a connection of its own.

    Raises:
        SessionFailed: it ended, or no answer came in time.
    """
    sent_ns = time.monotonic_ns()
    reply = asked(running, request, timeout_s)
    answered_ns = time.monotonic_ns()
    if reply.status == 0:
        running.require_running(f"answering {request.name}")
        running.fail(f"{reply.failure} instead of answering {request.name}")
    given = Given(reply.status, reply.body.decode("utf-8", errors="replace"))
    return Answer(given, sent_ns, answered_ns)


def _content(request: Request, folder: Path) -> tuple[Optional[bytes], str]:
    if request.json_body is not None:
        return json.dumps(request.json_body).encode(), "application/json"
    if request.body is not None:
        return (folder / request.body).read_bytes(), media_type(folder / request.body)
    if request.form:
        return form({name: folder / path for name, path in request.form.items()}), CONTENT_TYPE
    return None, ""
