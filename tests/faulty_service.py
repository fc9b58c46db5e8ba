"""A service that is right but for one fault at a time, in threads of this process."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Optional

from right_service import Asked, Reply, refusal, right

Deed = Callable[["Handler", Asked, Reply], None]


@dataclass(frozen=True)
class Fault:
    """What is done wrong, on which requests, and the check that must notice."""

    check: str
    when: Callable[[Asked], bool]
    deed: Deed


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two packets
    server: Service
    earlier = 0

    def parse_request(self) -> bool:
        """Answer every method alike; False, as nothing is left to do."""
        if super().parse_request():
            self._answer()
        return False

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        fields = form_fields(body, self.headers.get("Content-Type", ""))
        asked = Asked(self.command, self.path, fields, self.earlier)
        self.earlier += 1
        self.server.asked.append(asked)
        self.server.authorizations.append(self.headers.get("Authorization"))
        if self.server.token and self.headers.get("Authorization") != f"Bearer {self.server.token}":
            echo = f"wrong token: {self.headers.get('Authorization')}"
            self.send(refusal(401, "unauthorised", echo))
            return
        fault, reply = self.server.fault, right(asked)
        if fault is not None and fault.when(asked):
            fault.deed(self, asked, reply)
        else:
            self.send(reply)

    def send(self, reply: Reply) -> None:
        is_raw = isinstance(reply.content, bytes)
        body = reply.content if is_raw else json.dumps(reply.content).encode()
        self.begin(reply, len(body))
        self.wfile.write(body)

    def begin(self, reply: Reply, length: Optional[int]) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.media_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if length is None:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *words: Any) -> None:
        """Nothing: tests look at what was asked."""


class Service(ThreadingHTTPServer):
    """A server in threads; `asked` and `authorizations` are what came."""

    daemon_threads = True

    def __init__(self, fault: Optional[Fault], token: Optional[str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.fault = fault
        self.token = token
        self.asked: list[Asked] = []
        self.authorizations: list[Optional[str]] = []
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *words: Any) -> None:
        """Nothing: clients may leave, and faults break off."""


def form_fields(body: bytes, content_type: str) -> tuple[tuple[str, bytes], ...]:
    """Name and content of each part of a form."""
    boundary = content_type.partition("boundary=")[2].encode()
    if not boundary:
        return ()
    found = []
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]*)"', head)
        found.append((name[1].decode() if name else "", content[:-2]))
    return tuple(found)


@contextmanager
def service(fault: Optional[Fault] = None, token: Optional[str] = None) -> Iterator[Service]:
    """A running service; it ends with its user, whatever its fault."""
    server = Service(fault, token)
    thread = threading.Thread(target=partial(server.serve_forever, 0.02), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
