"""Raw samples to the figures that the reports print; times come in as ns and leave as ms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from statistics import quantiles
from typing import Any, Optional

from bench.disturbance import Cause, cause
from bench.sample_types import Sample
from bench.statistics import (
    Interval,
    bootstrap_interval,
    median,
    outliers,
    percentile,
    resampled_interval,
)

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


def container_p95_ms(samples: Samples) -> tuple[float, ...]:
    """Each container's own 95th percentile, by which tails of two runs are told apart.

    One container's requests carry no percentile (`bench.statistics.carried`); as one number of an
    independent container they are compared with others of the same number of requests.
    """
    ordered = (sorted(latencies_ms([sample])) for sample in samples if sample.latency_ns)
    return tuple(quantiles(one, n=20, method="inclusive")[-1] for one in ordered if len(one) > 1)


@lru_cache(maxsize=256)
def p95_interval_ms(samples: tuple[Sample, ...], seed: int) -> Optional[Interval]:
    """The 95 % bootstrap interval of the 95th percentile over all requests.

    Whole containers are resampled, since requests to one are alike (`container_latencies_ms`).
    None where the requests don't carry the percentile, or where containers differ in their number.
    Source: A. C. Davison and D. V. Hinkley, Bootstrap Methods and their Application (1997), 3.8.
    """
    each = [latencies_ms([sample]) for sample in samples if sample.latency_ns]
    if latency_ms(samples, 0.95) is None or len({len(one) for one in each}) > 1:
        return None

    def p95(places: Any, axis: int) -> Any:
        from numpy import array, quantile  # noqa: PLC0415 - help needs no NumPy

        drawn = array(each)[places.astype(int)]  # and the requests of each container drawn
        return quantile(drawn, 0.95, axis=(axis - 1, -1))

    return resampled_interval([range(len(each))], p95, seed)


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
