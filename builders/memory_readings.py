"""A container's memory as the engine's statistics tell it, reading by reading."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from builders.engine import MemoryReading
from builders.engine_replies import memory_used_bytes


def memory_readings(api: Any, container: str) -> Iterator[MemoryReading]:
    """Readings until the container ends; `api` is the SDK's low-level client."""
    with closing(api.stats(container, decode=True)) as stream:
        for statistics in stream:
            used_bytes = memory_used_bytes(statistics)
            if used_bytes is None:
                return
            yield MemoryReading(used_bytes, time.monotonic_ns())
