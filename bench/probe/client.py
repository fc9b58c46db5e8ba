"""One exchange with a service, bounded in time and in how much of the answer is read.

No redirect is followed: the interface has none, a token would go to whoever it names, and a POST
would arrive there as a GET. Proxies and certificate authorities are those of the environment.
"""

from __future__ import annotations

import concurrent.futures
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Optional

import requests
import urllib3

from bench.probe.deadline import within
from bench.probe.exchange_failures import Unanswered, too_late, unanswered

MAX_ANSWER_BYTES = 1_000_000
CHUNK_BYTES = 16384


@dataclass(frozen=True)
class Part:
    """One file of a multipart body."""

    content: bytes
    media_type: str = "application/octet-stream"
    name: str = "picture"


@dataclass(frozen=True)
class Request:
    """What is sent; `path` comes after the service's address, with its query, encoded."""

    method: str
    path: str
    parts: tuple[Part, ...] = ()
    field: str = "file"  # the parts' name in the form


@dataclass(frozen=True)
class Answer:
    """What came; `elapsed_ns` is from before the sending to the last byte of the body."""

    status: int
    media_type: str
    location: str
    body: bytes
    elapsed_ns: int


@dataclass(frozen=True)
class Client:
    """Speaks to one service.

    Attributes:
        address: without a slash at its end.
        timeout_s: for a whole exchange.
        token: of a bearer; it is sent to this address alone.
    """

    address: str
    timeout_s: float
    token: Optional[str] = field(default=None, repr=False)

    def ask(self, request: Request, connection: Any = None) -> Answer:
        """Send it over a connection of its own, or a `requests.Session`; raises Unanswered."""
        try:
            return within(self.timeout_s, partial(self._exchange, request, connection))
        except concurrent.futures.TimeoutError:
            raise too_late(self.timeout_s) from None

    def _exchange(self, request: Request, connection: Any) -> Answer:
        try:
            with ExitStack() as stack:
                session = connection or stack.enter_context(requests.Session())
                begin_ns = time.perf_counter_ns()
                response = stack.enter_context(session.request(**self._options(request)))
                return _answer(response, begin_ns)
        # requests' own errors are all OSErrors.
        except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:
            raise unanswered(error, self.timeout_s) from None

    def _options(self, request: Request) -> dict[str, Any]:
        parts = [(request.field, (one.name, one.content, one.media_type)) for one in request.parts]
        return {
            "method": request.method,
            "url": self.address + request.path,
            "files": parts or None,
            "headers": {"Accept-Encoding": "identity", "User-Agent": "slimbench-probe"},
            # A function in any case: without one, requests takes a password from ~/.netrc.
            "auth": partial(_authorised, self.token),
            "timeout": self.timeout_s,
            "allow_redirects": False,
            "stream": True,
        }


def _authorised(token: Optional[str], prepared: Any) -> Any:
    if token is not None:
        prepared.headers["Authorization"] = f"Bearer {token}"
    return prepared


def _answer(response: Any, begin_ns: int) -> Answer:
    body = b""
    for chunk in response.iter_content(CHUNK_BYTES):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise Unanswered(f"{response.status_code} with more than {MAX_ANSWER_BYTES} bytes")
    return Answer(
        status=int(response.status_code),
        media_type=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
        location=response.headers.get("Location", ""),
        body=body,
        elapsed_ns=time.perf_counter_ns() - begin_ns,
    )
