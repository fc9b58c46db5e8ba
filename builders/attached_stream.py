"""A container's standard streams over the socket that the engine hands out on attaching."""

from __future__ import annotations

import contextlib
import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Optional

from builders.container_stream import OutputLine
from builders.errors import SessionFailed
from builders.stream_frames import FrameSplitter, LineAssembler

READ_BYTES = 65536
WRITE_TIMEOUT_S = 30.0


def attached(holder: Any, container: str) -> AttachedStream:
    """The streams of a container that the SDK has attached to; `holder` is what it handed out."""
    # It is a file around the socket; the response behind it keeps that open.
    connection = getattr(holder, "_sock", holder)
    return AttachedStream(connection, f"container {container[:12]}", holder._response.close)


class AttachedStream:
    """Lines in and out; every line is stamped as soon as its last bytes are read.

    Args:
        connection: the socket, its read side multiplexed (the container has no terminal).
        container: how errors name the container.
        release: called once by `close`, to let go of what holds the socket open.
    """

    def __init__(
        self, connection: socket.socket, container: str, release: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._container = container
        self._release = release
        self._frames = FrameSplitter()
        self._assembler = LineAssembler()
        self._lines: deque[OutputLine] = deque()
        self._ended = False

    def write_line(self, text: str) -> None:
        """Write one line to standard input; raises SessionFailed when it is closed."""
        if self._ended:  # the engine still takes bytes then, for nobody
            raise self._failed("its standard input is closed")
        try:
            self._connection.settimeout(WRITE_TIMEOUT_S)
            self._connection.sendall(text.encode() + b"\n")
        except socket.timeout as error:  # its own name came with Python 3.10
            raise self._failed(f"it took no input for {WRITE_TIMEOUT_S:g} s") from error
        except OSError as error:
            raise self._failed("its standard input is closed") from error

    def read_line(self, timeout_s: float) -> Optional[OutputLine]:
        """The next line; None at the end of output; raises SessionFailed after `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        while not self._lines and not self._ended:
            self._receive(deadline, timeout_s)
        return self._lines.popleft() if self._lines else None

    def close_input(self) -> None:
        """Close the container's standard input, which ends a session."""
        with contextlib.suppress(OSError):  # the container may have ended already
            self._connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Let go of the streams."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._ended = True
        self._release()

    def _receive(self, deadline: float, timeout_s: float) -> None:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise self._failed(f"it wrote no line within {timeout_s:g} s")
        try:
            self._connection.settimeout(left_s)
            data = self._connection.recv(READ_BYTES)
        except socket.timeout:
            return
        except OSError as error:
            raise self._failed("its output broke off") from error
        self._take(data, time.monotonic_ns())

    def _take(self, data: bytes, received_ns: int) -> None:
        for stream, piece in self._frames.feed(data):
            self._lines.extend(self._assembler.feed(stream, piece, received_ns))
        if not data:
            self._ended = True
            self._lines.extend(self._assembler.finish())

    def _failed(self, what: str) -> SessionFailed:
        return SessionFailed(
            what, where=self._container, next_step="run its image by hand to see what it does"
        )
