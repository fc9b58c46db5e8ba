"""HTTP as uvicorn speaks it, with the limits that it lacks: time and size of headers, connections.

uvicorn waits for ever for a request's first byte, for the end of its headers and for a client that
doesn't read its answer, takes headers of any size, any number of connections and of pipelined
requests, and reads on for ever when a request was answered before its body came. Each ends here,
with an answer where one can still be given.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Optional

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from inference import protocol
from inference.serving.metrics import Metrics
from inference.serving.refusals import BUSY, TOO_SLOW, Refusal
from inference.serving.upgrades import without_upgrade

MAX_HEADER_BYTES = 32_768
MAX_PIPELINED = 16

NO_HTTP = Refusal(protocol.BAD_REQUEST, "this is no HTTP request")
CUT_OFF = Refusal(protocol.CUT_OFF, "the request was cut off")
SLOW_HEADERS = Refusal(TOO_SLOW, "the request's headers took too long")
LARGE_HEADERS = Refusal(protocol.TOO_LARGE, "the request's headers are too large", status=431)
CROWDED = Refusal(BUSY, "too many connections are open")


class _Stop(Exception):  # noqa: N818 - ends the parser, which reports it as an error of its own
    """A parser callback refuses the request."""


@dataclass(frozen=True)
class Limits:
    """What one connection may take, and where its refusals are counted."""

    connections: int
    header_timeout_s: float
    answer_timeout_s: float  # for the client to read a part of an answer
    metrics: Metrics


class Connection(HttpToolsProtocol):
    """One client's connection; `limits` is set in a subclass made for the running service."""

    limits: Limits

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._timer: Optional[asyncio.TimerHandle] = None
        self._unread: Optional[asyncio.TimerHandle] = None
        self._in_headers = False  # between a message's first byte and the end of its headers
        self._in_body = False  # between the end of its headers and of its body
        self._header_bytes = 0  # of names, values and target that are complete
        self._fed_bytes = 0  # of whole chunks that brought no end of the headers
        self._began = False  # a message began in this chunk
        self._refusal = NO_HTTP  # what the parser's next error means

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Watch for the first request, unless there are too many connections."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            self._refuse(CROWDED)
        else:
            self._watch()

    def connection_lost(self, exc: Optional[Exception]) -> None:
        """Stop watching."""
        self._unwatch()
        self._read_on()
        super().connection_lost(exc)

    def eof_received(self) -> None:
        """The client sends no more: half a request gets an answer, if it still listens."""
        half_headers = self._in_headers and not self._answering()
        half_body = self._in_body and not self.pipeline and not self.cycle.response_started
        if half_headers or half_body:
            self._refuse(CUT_OFF)

    def data_received(self, data: bytes) -> None:
        """Parse a chunk; uvicorn ends its own watch at the first byte, so ours takes over."""
        self._began = False
        super().data_received(data if self._in_body else without_upgrade(data))
        if self.transport.is_closing():
            return
        if self._in_headers and not self._began:
            self._fed_bytes += len(data)
            if self._fed_bytes > MAX_HEADER_BYTES:
                self._refuse(LARGE_HEADERS)
        elif self.timeout_keep_alive_task is None and not self._answering():
            self._watch()

    def pause_writing(self) -> None:
        """The client doesn't read: what waits for it is dropped after a while."""
        super().pause_writing()
        wait_s = self.limits.answer_timeout_s
        self._unread = self._unread or self.loop.call_later(wait_s, self.transport.abort)

    def resume_writing(self) -> None:
        """It has read."""
        self._read_on()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the reason is our own
        """What uvicorn does on a parser's error."""
        self._refuse(self._refusal)

    def on_message_begin(self) -> None:
        """A request's first byte."""
        super().on_message_begin()
        self.scope["state"]["transport"] = self.transport
        self._in_headers = self._began = True
        self._header_bytes = self._fed_bytes = 0
        if not self._answering():
            self._unwatch()
            self._watch()

    def on_url(self, url: bytes) -> None:
        """A part of its target."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A whole header, or trailer."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """From here on the body's own time limit counts."""
        self._in_headers, self._in_body = False, True
        self._unwatch()
        super().on_headers_complete()
        if len(self.pipeline) > MAX_PIPELINED:
            raise _Stop

    def on_message_complete(self) -> None:
        """A request's last byte."""
        self._in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The next request may be half here already: uvicorn would take it for none."""
        super().on_response_complete()
        if self._in_headers and not self._answering():
            self._unset_keepalive_if_required()
            self._watch()

    def _count(self, size_bytes: int) -> None:
        self._header_bytes += size_bytes
        if self._header_bytes > MAX_HEADER_BYTES:
            self._refusal = LARGE_HEADERS
            raise _Stop

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(self.limits.header_timeout_s, self._expired)

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _read_on(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _expired(self) -> None:
        self._timer = None
        if self._in_headers:
            self._refuse(SLOW_HEADERS)
        else:  # idle, or what follows after an early answer takes too long
            self.transport.close()

    def _refuse(self, refusal: Refusal) -> None:
        """Answer without the application, and close."""
        if self.transport.is_closing():
            return
        self.limits.metrics.rejected.labels(refusal.code).inc()
        self.transport.write(refusal.last_answer())
        self.transport.close()


def connection_class(limits: Limits) -> type[Connection]:
    """The class that uvicorn makes an instance of for each connection."""
    return type("LimitedConnection", (Connection,), {"limits": limits})
