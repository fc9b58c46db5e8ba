"""The metrics of memory and processor time; for memory the largest of any container."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from bench.sample_types import Sample
from bench.statistics import median
from reports import figures
from reports.column import Column
from reports.figures import NS_PER_MS
from reports.formats import decimals, megabytes

_NOT_KEPT = "the kernel doesn't keep it"
NS_PER_S = 1_000_000_000


def _largest(field: str, heading: str) -> Column:
    """The largest of a memory figure of `Usage`; its key is the field's name."""

    def get(samples: Sequence[Sample]) -> Optional[int]:
        return max(figures.usages(samples, field), default=None)

    return Column(field, heading, "samples", get, megabytes, "MB", gap=_NOT_KEPT)


def _seconds(field: str, heading: str) -> Column:
    """The median of a processor time of `Usage`, in s."""

    def get(samples: Sequence[Sample]) -> Optional[float]:
        used_ns = figures.usages(samples, field)
        return median(used_ns) / NS_PER_S if used_ns else None

    key = f"{field[: -len('_ns')]}_s"
    return Column(key, heading, "samples", get, decimals(2), "s", gap=_NOT_KEPT)


def _request_ms(samples: Sequence[Sample]) -> Optional[float]:
    """Steady processor time a request, warm-ups included: the median over the containers."""
    each = [
        sample.usage.steady_cpu_ns / requests / NS_PER_MS
        for sample in samples
        for requests in [len(sample.warmup_ns) + len(sample.latency_ns)]
        if sample.usage.steady_cpu_ns is not None and requests
    ]
    return median(each) if each else None


PEAK_MEMORY = Column(
    "peak_memory_bytes", "peak memory", "samples", figures.peak_memory_bytes, megabytes, "MB"
)
COLD_PEAK = _largest("cold_peak_rss_bytes", "peak at first answer")
CGROUP_PEAK = _largest("cgroup_peak_bytes", "cgroup peak")
DOCKER_STATS = _largest("docker_stats_bytes", "docker stats")
COLD_CPU = _seconds("cold_cpu_ns", "CPU of a start")
STEADY_CPU = _seconds("steady_cpu_ns", "CPU of all requests")
REQUEST_CPU = Column(
    key="request_cpu_ms",
    heading="CPU a request",
    part="samples",
    get=_request_ms,
    show=decimals(2),
    unit="ms",
    gap=_NOT_KEPT,
)

USAGE = (COLD_PEAK, PEAK_MEMORY, CGROUP_PEAK, DOCKER_STATS, COLD_CPU, STEADY_CPU, REQUEST_CPU)
