"""A signal's end waits until the engine has answered what it was asked.

A request that is broken off may still be carried out: a container whose creation nobody heard of
would stay. A second signal ends at once.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Optional

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class _Gate:
    """Python runs signal handlers in the main thread alone, so that no lock is needed."""

    def __init__(self) -> None:
        self.depth = 0
        self.waiting: Optional[BaseException] = None

    def handle(self, number: int, _frame: Optional[FrameType]) -> None:
        end = KeyboardInterrupt() if number == signal.SIGINT else SystemExit(128 + number)
        if self.depth == 0 or self.waiting is not None:
            raise end
        self.waiting = end

    def leave(self) -> None:
        self.depth -= 1
        if self.depth == 0 and self.waiting is not None:
            end, self.waiting = self.waiting, None
            raise end


_GATE = _Gate()


def end_in_order() -> None:
    """Let SIGTERM end the program with 143, as an exception, so that containers are removed."""
    for number in SIGNALS:
        signal.signal(number, _GATE.handle)


@contextmanager
def answered() -> Iterator[None]:
    """Hold a signal's end back while the context lasts; outside the main thread nothing arrives."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _GATE.depth += 1
    try:
        yield
    finally:
        _GATE.leave()
