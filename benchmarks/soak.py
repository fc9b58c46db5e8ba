"""Our service under load for a long time: no failed request, and memory that doesn't grow.

    python -m benchmarks.soak [--minutes 30]

One container of `distroless-onnx` that serves, `AT_A_TIME` requests at any time, each answer
checked. Memory is read every few seconds: the resident memory of the service's process. Its slope
is Theil's and Sen's, the median of the slopes of all pairs of readings, which single readings
hardly move, with its 95 % interval (P. K. Sen, Estimates of the Regression Coefficient Based on
Kendall's Tau, Journal of the American Statistical Association 63 (1968), 1379-1389). The first
tenth isn't counted: caches and pools fill up.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from bench.container_usage import container_usage
from bench.service.exchanges import Attack
from bench.service.memory import rss_bytes
from bench.statistics import median, percentile
from benchmarks.figure import Figure, finish
from benchmarks.served import Bench

AT_A_TIME = 4
READ_EVERY_S = 2.0
# A service of about 150 MB that grows by 10 MB an hour meets its limit of 2 GB after a week.
ALLOWED_MB_PER_H = 10.0
MB = 1_000_000


@dataclass(frozen=True)
class Reading:
    """Memory at a moment."""

    at_s: float
    rss_bytes: int
    docker_stats_bytes: int


@dataclass
class Watch:
    """Reads a process's memory until it is told to stop."""

    pid: int
    readings: list[Reading] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Read, wait, and so on."""
        while not self._stop.wait(READ_EVERY_S):
            resident = rss_bytes(self.pid)
            charged = container_usage(self.pid).docker_stats_bytes
            if resident is not None:
                self.readings.append(Reading(time.monotonic(), resident, charged or 0))

    def stop(self) -> None:
        """Read no more."""
        self._stop.set()


def soak(bench: Bench, seconds: int) -> tuple[Attack, Sequence[Reading]]:
    """The exchanges, and the readings meanwhile."""
    with bench.ours() as running:
        watch = Watch(running.pid)
        thread = threading.Thread(target=watch.run)
        thread.start()
        try:
            attack = bench.load(running, AT_A_TIME, seconds)
        finally:
            watch.stop()
            thread.join()
        running.require_running("under load")
    return attack, watch.readings


def slope_mb_per_h(readings: Sequence[Reading]) -> tuple[float, float, float]:
    """The slope, and the ends of its interval."""
    from scipy.stats import theilslopes  # noqa: PLC0415

    counted = readings[len(readings) // 10 :]
    memory_mb = [one.rss_bytes / MB for one in counted]
    found = theilslopes(memory_mb, [one.at_s / 3600 for one in counted], 0.95)
    return float(found[0]), float(found[2]), float(found[3])


def figures(attack: Attack, readings: Sequence[Reading]) -> list[Figure]:
    """What is told of a soak."""
    right = [one for one in attack.exchanges if one.status == HTTPStatus.OK]
    latencies = [(one.answered_ns - one.due_ns) / 1e6 for one in right]
    minutes = (right[-1].answered_ns - right[0].due_ns) / 60e9
    slope, low, high = slope_mb_per_h(readings)
    p99 = percentile(latencies, 0.99)
    return [
        Figure("time", minutes, "min"),
        Figure("right answers", len(right), "1"),
        Figure("failed requests", len(attack.exchanges) - len(right), "1", 0),
        Figure("answers a second", len(right) / minutes / 60, "1/s"),
        Figure("latency p50", median(latencies), "ms"),
        *([] if p99 is None else [Figure("latency p99", p99, "ms")]),
        Figure("memory after a tenth", readings[len(readings) // 10].rss_bytes / MB, "MB"),
        Figure("memory at the end", readings[-1].rss_bytes / MB, "MB"),
        Figure("largest memory", max(one.rss_bytes for one in readings) / MB, "MB"),
        Figure("docker stats at the end", readings[-1].docker_stats_bytes / MB, "MB"),
        Figure("slope of memory", slope, "MB/h", ALLOWED_MB_PER_H),
        Figure("slope, low end of 95 %", low, "MB/h"),
        Figure("slope, high end of 95 %", high, "MB/h"),
    ]


def main() -> None:
    """Soak for as long as asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=30)
    asked = parser.parse_args()
    finish("soak", figures(*soak(Bench(), round(asked.minutes * 60))))


if __name__ == "__main__":
    main()
