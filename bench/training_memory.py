"""The engine's statistics of a container, read in a thread while the container runs."""

from __future__ import annotations

import threading

from bench.training_types import MemoryPoint
from builders.engine import Engine, MemoryReading
from builders.errors import EngineError, SlimbenchError

ENDING_TIMEOUT_S = 10.0  # from the container's end to that of its statistics


class MemoryWatch:
    """Readings so far; all of them once `finish` has returned."""

    def __init__(self, engine: Engine, container: str) -> None:
        self._engine = engine
        self._container = container
        self._readings: list[MemoryReading] = []
        self._failures: list[SlimbenchError] = []
        # A daemon: where the container hangs, so does this until the container is removed.
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def finish(self, began_ns: int) -> tuple[MemoryPoint, ...]:
        """All readings of a container that has ended, counted from `began_ns`.

        Raises:
            EngineError: the engine's statistics failed, or go on.
        """
        self._thread.join(ENDING_TIMEOUT_S)
        if self._thread.is_alive():
            raise EngineError("its statistics go on after its end", where=self._container)
        for failure in self._failures:
            raise failure
        return tuple(
            MemoryPoint(after_ns=one.read_at_ns - began_ns, used_bytes=one.used_bytes)
            for one in self._readings
        )

    def _read(self) -> None:
        try:
            self._readings.extend(self._engine.memory_statistics(self._container))
        except SlimbenchError as error:
            self._failures.append(error)
