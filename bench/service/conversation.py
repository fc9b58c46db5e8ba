"""Single requests to a service, every failure told in words."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
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
REFUSED = "refused the connection"
LONGEST_BODY = 64 * 1024**2
READ_BYTES = 64 * 1024


@dataclass(frozen=True)
class HttpRequest:
    """One request, as it is sent."""

    method: str
    path: str
    body: Optional[bytes] = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """For sentences: `POST /predict`, whatever stands behind the path."""
        return f"{self.method} {self.path.partition('?')[0]}"


@dataclass(frozen=True)
class Reply:
    """An answer; `status` is 0 where none came, and `failure` says what happened instead."""

    status: int
    body: bytes
    failure: str = ""


def wait_ready(service: Service, timeout_s: float = READY_TIMEOUT_S, path: str = "/ready") -> int:
    """Ask a path until it answers 200; the host's clock then.

    Raises:
        SessionFailed: it ended, or didn't get ready in time.
    """
    request = HttpRequest("GET", path)
    deadline = time.monotonic() + timeout_s
    check = time.monotonic() + CHECK_S
    while True:
        reply = asked(service, request, timeout_s)
        now_ns = time.monotonic_ns()
        if reply.status == HTTPStatus.OK:
            return now_ns
        if time.monotonic() > check:
            service.require_running("getting ready")
            check = time.monotonic() + CHECK_S
        if time.monotonic() > deadline:
            service.fail(f"wasn't ready within {timeout_s:g} s: {_last_seen(service, reply, path)}")
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
    request = HttpRequest("POST", f"/predict?top={top}", form, {"Content-Type": CONTENT_TYPE})
    return require_status(service, request, asked(service, request)).body


def health(service: Service) -> Health:
    """What it says of itself.

    Raises:
        SessionFailed: it didn't answer 200, or has no model loaded.
    """
    request = HttpRequest("GET", "/health")
    body = require_status(service, request, asked(service, request)).body
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


def require_status(
    service: Service, request: HttpRequest, reply: Reply, status: int = HTTPStatus.OK
) -> Reply:
    """The reply, which must have this status; raises SessionFailed."""
    if reply.status == 0:
        service.require_running(f"answering {request.name}")
        service.fail(f"{reply.failure} instead of answering {request.name}")
    if reply.status != status:
        service.fail(f"answered {request.name} with {reply.status} {_quoted(reply.body)}")
    return reply


def asked(service: Service, request: HttpRequest, timeout_s: float = ANSWER_TIMEOUT_S) -> Reply:
    """One request on a connection of its own, and its whole answer."""
    deadline = time.monotonic() + timeout_s
    connection = http.client.HTTPConnection(service.address, service.port, timeout=timeout_s)
    try:
        connection.request(request.method, request.path, request.body, dict(request.headers))
        answer = connection.getresponse()
        return _whole(answer, deadline)
    except socket.timeout:  # its own name came with Python 3.10
        return Reply(0, b"", f"was silent for {timeout_s:g} s")
    except ConnectionRefusedError:
        return Reply(0, b"", REFUSED)
    except (OSError, http.client.HTTPException):
        return Reply(0, b"", "closed the connection")
    finally:
        connection.close()


def _whole(answer: http.client.HTTPResponse, deadline: float) -> Reply:
    """All of the body: one that is cut off, endless or never done is none."""
    body = bytearray()
    while chunk := answer.read1(READ_BYTES):
        body += chunk
        if len(body) > LONGEST_BODY:
            return Reply(0, b"", f"sent more than {LONGEST_BODY // 1024**2} MiB")
        if time.monotonic() > deadline:
            return Reply(0, b"", "sent an answer that didn't end in time")
    if answer.length:  # what its Content-Length still promises
        return Reply(0, b"", "closed the connection")
    return Reply(answer.status, bytes(body))


def _last_seen(service: Service, reply: Reply, path: str) -> str:
    if reply.status:
        return f"GET {path} gives {reply.status}"
    if reply.failure != REFUSED:
        return f"asked for {path}, it {reply.failure}"
    where = f"port {service.port}"
    return f"nobody answers on {where}; it must listen there on 0.0.0.0, not on 127.0.0.1 alone"


def _quoted(body: bytes) -> str:
    return repr(body[:LONGEST_QUOTE].decode(errors="replace"))
