"""Raw samples to the figures that the reports print; times come in as ns and leave as ms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Optional

from bench.disturbance import Cause, cause
from bench.sample_types import Sample
from bench.statistics import Interval, bootstrap_interval, median, outliers, percentile

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


def median_latency_ms(samples: Samples) -> Optional[float]:
    """The median of those: the figure that is judged, and whose interval is told."""
    medians = container_latencies_ms(samples)
    return median(medians) if medians else None


@lru_cache(maxsize=256)
def interval(values: tuple[float, ...], seed: int) -> Optional[Interval]:
    """The 95 % bootstrap interval of the median; None for too few."""
    return bootstrap_interval(values, seed)


def half_width(values: tuple[float, ...], seed: int) -> Optional[float]:
    """Half of that interval as a share of the median; None for too few or a median of 0."""
    ends = interval(values, seed)
    if ends is None or not median(values):
        return None
    return (ends.high - ends.low) / 2 / median(values)


def outlier_count(values: tuple[float, ...]) -> Optional[int]:
    """How many lie beyond a modified z-score of 3.5; None without samples."""
    return len(outliers(values)) if values else None


def causes(samples: Samples) -> Counter[Cause]:
    """How many samples are flagged for each cause; one may be flagged for two."""
    found = ({cause(reading) for reading in sample.disturbances} for sample in samples)
    return Counter(one for those in found for one in those if one is not None)


def disturbed_count(samples: Samples) -> Optional[int]:
    """How many samples are flagged; None where no sample was watched."""
    watched = [sample for sample in samples if sample.disturbances]
    flagged = [sample for sample in watched if any(map(cause, sample.disturbances))]
    return len(flagged) if watched else None


def usages(samples: Samples, field: str) -> tuple[int, ...]:
    """One figure of `Usage` of each container that knows it."""
    values = (getattr(sample.usage, field) for sample in samples)
    return tuple(value for value in values if value is not None)


def peak_memory_bytes(samples: Samples) -> Optional[int]:
    """The largest peak of any container: what a memory limit has to leave room for."""
    peaks = (sample.peak_rss_bytes for sample in samples)
    return max((peak for peak in peaks if peak is not None), default=None)
