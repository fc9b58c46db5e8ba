"""An engine that goes away in the middle of a run: waited for, and what it left taken away."""

from __future__ import annotations

import time
from collections.abc import Callable

from builders.engine import Engine
from builders.errors import EngineUnavailable
from builders.maker import own_mark

OUTAGE_S = 60.0  # a restart takes an engine a few seconds, with many containers some more
PAUSE_S = 0.5


def wait_for(engine: Engine, sleep: Callable[[float], None] = time.sleep) -> None:
    """Return when the engine answers again.

    Raises:
        EngineUnavailable: it didn't within a minute.
    """
    deadline = time.monotonic() + OUTAGE_S
    while not _answers(engine, must=time.monotonic() > deadline):
        sleep(PAUSE_S)


def _answers(engine: Engine, *, must: bool) -> bool:
    try:
        engine.info()
    except EngineUnavailable:
        if must:
            raise
        return False
    return True


def remove_own(engine: Engine) -> bool:
    """Remove what this process made before the outage; whether there was a container of it.

    True where this process can't be told from others, so that nothing is claimed.
    """
    mark = own_mark()
    return engine.remove_labelled(mark).containers > 0 if mark else True
