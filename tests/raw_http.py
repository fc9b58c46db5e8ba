"""HTTP over a bare socket: whatever bytes a test wants to send, and one answer read by the book."""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Optional

BOUNDARY = "x-slimbench-boundary"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Answer:
    """What came."""

    status: int
    media_type: str
    body: bytes


def part(content: bytes, name: str = "file", more: str = "") -> bytes:
    """One file of a form."""
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="picture"'
    head = f"--{BOUNDARY}\r\n{disposition}\r\nContent-Type: image/jpeg\r\n{more}\r\n"
    return head.encode() + content + b"\r\n"


def form(*contents: bytes) -> bytes:
    """A whole form with these files."""
    return b"".join(part(content) for content in contents) + f"--{BOUNDARY}--\r\n".encode()


def head(target: bytes, method: bytes = b"POST", headers: Sequence[str] = ()) -> bytes:
    """The request line and headers; the connection is closed after the answer."""
    lines = ["Host: service", "Connection: close", *headers]
    return method + b" " + target + b" HTTP/1.1\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n"


def post(
    body: bytes, content_type: str = FORM, target: bytes = b"/predict", headers: Sequence[str] = ()
) -> bytes:
    """A whole request with this body."""
    lines = [f"Content-Length: {len(body)}", *headers]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    return head(target, headers=lines) + body


@contextmanager
def connected(address: tuple[str, int]) -> Iterator[socket.socket]:
    """A connection that ends with its user."""
    with socket.create_connection(address, timeout=TIMEOUT_S) as connection:
        yield connection


def exchange(
    address: tuple[str, int], sent: bytes, *, half_closed: bool = False
) -> Optional[Answer]:
    """Send it and read one answer; None where the connection ends without a whole one."""
    with connected(address) as connection:
        with contextlib.suppress(
            ConnectionError
        ):  # it was refused on the way; the answer may be there
            connection.sendall(sent)
            if half_closed:
                connection.shutdown(socket.SHUT_WR)
        return read(connection)


def read(connection: socket.socket) -> Optional[Answer]:
    """One answer; None where none comes whole."""
    response = http.client.HTTPResponse(connection)
    try:
        response.begin()
        kind = response.headers.get_content_type()
        return Answer(response.status, kind, response.read())
    except (http.client.HTTPException, ConnectionError):
        return None


def reset(connection: socket.socket) -> None:
    """Break the connection off, so that the other side reads an error and not an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
