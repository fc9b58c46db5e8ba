"""Standard output that only we write to, and whole lines in both directions."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, BinaryIO, Optional

from inference import protocol


def claim_stdout() -> int:
    """Keep standard output for answers: whatever a library prints goes to standard error.

    Returns:
        A file descriptor of the real standard output.
    """
    answers = os.dup(1)
    os.dup2(2, 1)
    return answers


class Channel:
    """Events out, request lines in."""

    def __init__(self, requests: BinaryIO, answers: int) -> None:
        self._requests = requests
        self._answers = answers

    def emit(self, event: str, t_ns: Optional[int] = None, **fields: Any) -> None:
        """Write one event; `t_ns` is now unless it was taken before.

        Raises:
            BrokenPipeError: nobody reads any more.
        """
        stamp = time.monotonic_ns() if t_ns is None else t_ns
        line = json.dumps({protocol.EVENT: event, "t_ns": stamp, **fields}) + "\n"
        write_all(self._answers, line)

    def read_line(self) -> Optional[bytes]:
        """The next request line; None at the end.

        One that is longer than MAX_LINE_BYTES comes back cut off, so that it can be told from the
        others by its length; the rest of it is skipped.
        """
        line = self._requests.readline(protocol.MAX_LINE_BYTES + 1)
        rest = line
        while len(rest) > protocol.MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = self._requests.readline(protocol.MAX_LINE_BYTES + 1)
        return line or None


def write_all(descriptor: int, text: str) -> None:
    """Write the whole text, however little the pipe takes at once."""
    left = memoryview(text.encode("utf-8"))
    while left:
        left = left[os.write(descriptor, left) :]


def standard_channel() -> Channel:
    """The process's own standard input and, claimed, standard output."""
    return Channel(sys.stdin.buffer, claim_stdout())
