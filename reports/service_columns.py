"""The metrics of services: starts, memory and processor time; told without a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from bench.service_types import ServiceLoad, ServiceStart
from bench.statistics import median
from reports import service_figures
from reports.column import Column
from reports.columns import MATCHING, STATUS
from reports.figures import NS_PER_MS
from reports.formats import count, decimals, megabytes
from reports.image_columns import COMPRESSED, SIZE

_NOT_KEPT = "the kernel doesn't keep it"
Starts = Sequence[ServiceStart]
Loads = Sequence[ServiceLoad]


def _start(field: str, heading: str) -> Column:
    """The median of one time of `ServiceStart`, in ms."""

    def each(starts: Starts) -> Sequence[float]:
        return [getattr(start, field) / NS_PER_MS for start in starts]

    return Column(
        key=f"service_{field[: -len('_ns')]}_ms",
        heading=heading,
        part="starts",
        get=lambda starts: median(each(starts)),
        show=decimals(0),
        unit="ms",
        spread=each,
    )


def _largest(field: str, heading: str) -> Column:
    """The largest of a memory figure of `ServiceLoad`."""

    def get(loads: Loads) -> Optional[int]:
        known = [getattr(load, field) for load in loads]
        return max((one for one in known if one is not None), default=None)

    return Column(f"service_{field}", heading, "load", get, megabytes, "MB", gap=_NOT_KEPT)


def _most_answers(loads: Loads) -> float:
    """The best concurrency's median rate."""
    found: dict[Optional[int], list[float]] = {}
    for load in loads:
        for sample in load.samples:
            if sample.loop == "closed":
                rate = len(sample.latency_ns) / sample.seconds
                found.setdefault(sample.concurrency, []).append(rate)
    return max(median(rates) for rates in found.values())


READY = _start("ready_ns", "start to ready")
FIRST_ANSWER = _start("first_answer_ns", "start to first right answer")
STARTS = Column("service_starts", "starts", "starts", len, count)
MOST_ANSWERS = Column(
    "service_answers_per_s", "most answers", "load", _most_answers, decimals(1), "/s"
)
PEAK_RSS = _largest("peak_rss_bytes", "peak memory of the process")
CGROUP_PEAK = _largest("cgroup_peak_bytes", "cgroup peak")
DOCKER_STATS = _largest("docker_stats_bytes", "docker stats")
REQUEST_CPU = Column(
    key="service_request_cpu_ms",
    heading="CPU a request",
    part="load",
    get=service_figures.request_cpu_ms,
    show=decimals(2),
    unit="ms",
    gap=_NOT_KEPT,
)

OVERVIEW = (STATUS, MATCHING, SIZE, COMPRESSED, READY, FIRST_ANSWER, MOST_ANSWERS, PEAK_RSS)
USAGE = (PEAK_RSS, CGROUP_PEAK, DOCKER_STATS, REQUEST_CPU)
JSON = (READY, FIRST_ANSWER, STARTS, MOST_ANSWERS, *USAGE)
