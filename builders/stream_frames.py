"""A container's output as the engine multiplexes it: frames into pieces, pieces into lines.

A frame is one byte of stream number, three zero bytes, four bytes of big-endian length, then
that many bytes; reads from the socket cut it anywhere (Docker Engine API, "Attach to a container").
"""

from __future__ import annotations

import struct
from typing import Union

from builders.container_stream import OutputLine
from builders.errors import SessionFailed

HEADER_BYTES = 8
STREAM_NAMES = {1: "stdout", 2: "stderr", 3: "stderr"}  # 3: the engine's own error message


class FrameSplitter:
    """Cuts multiplexed bytes into pieces of one stream each, wherever the reads were cut."""

    def __init__(self) -> None:
        self._header = bytearray()
        self._stream = ""
        self._left_bytes = 0

    def feed(self, data: bytes) -> list[tuple[str, bytes]]:
        """The (stream name, bytes) pieces in `data`; raises SessionFailed when it isn't framed."""
        pieces = []
        position = 0
        while position < len(data):
            if self._left_bytes:
                piece = data[position : position + self._left_bytes]
                self._left_bytes -= len(piece)
                pieces.append((self._stream, piece))
            else:
                piece = data[position : position + HEADER_BYTES - len(self._header)]
                self._take_header(piece)
            position += len(piece)
        return pieces

    def _take_header(self, piece: bytes) -> None:
        self._header += piece
        if len(self._header) < HEADER_BYTES:
            return
        number, self._left_bytes = struct.unpack(">BxxxL", self._header)
        if number not in STREAM_NAMES:
            raise SessionFailed(
                f"the engine sent stream number {number}, which no frame has",
                next_step="give the container no terminal",
            )
        self._stream = STREAM_NAMES[number]
        self._header.clear()


class LineAssembler:
    """Puts pieces together to lines; bytes that aren't UTF-8 become U+FFFD."""

    def __init__(self) -> None:
        self._pending: dict[str, bytearray] = {}
        self._received_ns = 0

    def feed(self, stream: str, piece: bytes, received_ns: int) -> list[OutputLine]:
        """The lines that `piece` completes, without their newline."""
        self._received_ns = received_ns
        pending = self._pending.setdefault(stream, bytearray())
        pending += piece
        if b"\n" not in piece:
            return []
        *lines, rest = pending.split(b"\n")
        self._pending[stream] = rest
        return [_output_line(stream, line, received_ns) for line in lines]

    def finish(self) -> list[OutputLine]:
        """What was left without a newline when the output ended."""
        left = [(stream, line) for stream, line in self._pending.items() if line]
        self._pending.clear()
        return [_output_line(stream, line, self._received_ns) for stream, line in left]


def _output_line(stream: str, line: Union[bytes, bytearray], received_ns: int) -> OutputLine:
    return OutputLine(stream=stream, text=line.decode(errors="replace"), received_ns=received_ns)
