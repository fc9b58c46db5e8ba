"""Raw samples to the figures that the reports print; times come in as ns and leave as ms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from bench.sample_types import Sample
from bench.statistics import median, percentile

NS_PER_MS = 1_000_000

Samples = Sequence[Sample]


def phases_ms(samples: Samples, phase: str) -> tuple[float, ...]:
    """One duration a container that knows it; `phase` is a time of `Phases`, such as `total_ns`."""
    durations_ns = (getattr(sample.phases, phase) for sample in samples)
    return tuple(ns / NS_PER_MS for ns in durations_ns if ns is not None)


def median_phase_ms(samples: Samples, phase: str) -> Optional[float]:
    """The median over those containers; None without any."""
    durations = phases_ms(samples, phase)
    return median(durations) if durations else None


def latencies_ms(samples: Samples) -> tuple[float, ...]:
    """Every counted request of every container."""
    return tuple(ns / NS_PER_MS for sample in samples for ns in sample.latency_ns)


def latency_ms(samples: Samples, q: float) -> Optional[float]:
    """The quantile `q`, 0 to 1, over all counted requests; None where they are too few for it."""
    return percentile(latencies_ms(samples), q)


def container_latencies_ms(samples: Samples) -> tuple[float, ...]:
    """The median latency of each container.

    Requests to one container share its luck (page cache, memory layout), so that an interval
    over all requests would be too narrow; containers are independent.
    """
    return tuple(median(latencies_ms([sample])) for sample in samples if sample.latency_ns)


def peak_memory_bytes(samples: Samples) -> Optional[int]:
    """The largest peak of any container: what a memory limit has to leave room for."""
    return max((sample.peak_rss_bytes for sample in samples), default=None)
