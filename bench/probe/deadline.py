"""Work that blocks, with a limit on the whole of it.

A socket's time limit starts again with every byte, so that a service which sends one byte a second
is never late. Nothing can end such a read from outside; its thread is left behind, and doesn't
keep the process from ending.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """What the work gives; raises what it raises, or `concurrent.futures.TimeoutError`."""
    done: Future[Result] = Future()
    Thread(target=_fill, args=(done, work), daemon=True).start()
    return done.result(timeout=seconds)


def _fill(done: Future[Result], work: Callable[[], Result]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
        done.set_exception(error)
