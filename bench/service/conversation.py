"""Single requests to a service, every failure told in words."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Optional

from pydantic import BaseModel, ConfigDict, ValidationError

from bench.service.container import Service
from bench.service.multipart import CONTENT_TYPE, multipart
from bench.service.predictions import Prediction, prediction
from bench.service_types import Health

READY_TIMEOUT_S = 120.0  # a cold disk may be slow
ANSWER_TIMEOUT_S = 60.0
POLL_S = 0.005
CHECK_S = 0.5  # how often a service that isn't ready is asked whether it runs at all
LONGEST_QUOTE = 200  # characters


@dataclass(frozen=True)
class Reply:
    """An answer; `status` is 0 where nobody answered."""

    status: int
    body: bytes


def wait_ready(service: Service, timeout_s: float = READY_TIMEOUT_S) -> int:
    """Ask `/ready` until it answers 200; the host's clock then.

    Raises:
        SessionFailed: it ended, or didn't get ready in time.
    """
    deadline = time.monotonic() + timeout_s
    check = time.monotonic() + CHECK_S
    while True:
        reply = _asked(service, "GET", "/ready", timeout_s=timeout_s)
        now_ns = time.monotonic_ns()
        if reply.status == HTTPStatus.OK:
            return now_ns
        if time.monotonic() > check:
            service.require_running("getting ready")
            check = time.monotonic() + CHECK_S
        if time.monotonic() > deadline:
            service.fail(f"wasn't ready within {timeout_s:g} s")
        time.sleep(POLL_S)


def predict(service: Service, picture: Path, top: int) -> Prediction:
    """Its answer to one picture.

    Raises:
        WrongAnswer: 200 with something else than classes.
        SessionFailed: it didn't answer 200.
    """
    return prediction(posted(service, multipart(picture), top))


def posted(service: Service, form: bytes, top: int) -> bytes:
    """The body of its answer to a picture's form; raises SessionFailed unless it is 200."""
    path = f"/predict?top={top}"
    return _require_ok(service, _asked(service, "POST", path, form), "POST /predict")


def health(service: Service) -> Health:
    """What it says of itself.

    Raises:
        SessionFailed: it didn't answer 200, or has no model loaded.
    """
    body = _require_ok(service, _asked(service, "GET", "/health"), "GET /health")
    try:
        told = _Health.model_validate_json(body)
    except ValidationError as error:
        service.fail(f"answered GET /health with {_quoted(body)}", error)
    if not told.model_loaded:
        service.fail("is ready without a model, says GET /health")
    return Health(**told.model_dump(exclude={"model_loaded"}))


class _Health(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    model_loaded: bool
    gpu_available: bool
    model: str
    backend: str
    version: str
    device: str
    threads: Optional[int] = None
    fallback: str = ""


def _require_ok(service: Service, reply: Reply, request: str) -> bytes:
    if reply.status == 0:
        service.require_running(f"answering {request}")
        service.fail(f"closed the connection instead of answering {request}")
    if reply.status != HTTPStatus.OK:
        service.fail(f"answered {request} with {reply.status} {_quoted(reply.body)}")
    return reply.body


def _asked(
    service: Service,
    method: str,
    path: str,
    form: Optional[bytes] = None,
    timeout_s: float = ANSWER_TIMEOUT_S,
) -> Reply:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection(service.address, service.port, timeout=timeout_s)
    try:
        connection.request(method, path, form, {"Content-Type": CONTENT_TYPE} if form else {})
        answer = connection.getresponse()
        return Reply(answer.status, answer.read())
    except (OSError, http.client.HTTPException):
        return Reply(0, b"")
    finally:
        connection.close()


def _quoted(body: bytes) -> str:
    return repr(body[:LONGEST_QUOTE].decode(errors="replace"))
