"""What a command uses, read while it runs: when it has ended, the kernel's account is gone.

The kernel keeps sums and peaks, so that the last reading before the end lacks only what came after
it, which is no more than the time between two readings.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Optional

from bench.container_usage import ContainerUsage, container_usage
from bench.service.memory import all_peak_rss_bytes

INTERVAL_S = 0.02


@dataclass(frozen=True)
class Watched:
    """The last reading; nothing where none was taken."""

    usage: ContainerUsage = field(default_factory=ContainerUsage)
    peak_rss_bytes: Optional[int] = None


@dataclass
class Watch:
    """Reads until it is stopped; `reading` is the last that told anything."""

    pid: int
    reading: Watched = field(default_factory=Watched)
    stopped: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        """Take readings, until the process is gone or `stopped` is set."""
        while not self.stopped.is_set():
            usage, peak = container_usage(self.pid), all_peak_rss_bytes(self.pid)
            if peak is None:
                return
            self.reading = Watched(usage, max(peak, self.reading.peak_rss_bytes or 0))
            self.stopped.wait(INTERVAL_S)


@contextmanager
def watching(pid: int) -> Iterator[Watch]:
    """Watch a container by its first process while the block runs; by none where `pid` is 0."""
    watch = Watch(pid)
    thread = threading.Thread(target=watch.read, daemon=True)
    if pid:
        thread.start()
    try:
        yield watch
    finally:
        watch.stopped.set()
        if pid:
            thread.join()
