"""Order statistics of raw samples; None stands for what too few samples don't carry.

SciPy and NumPy are imported where they are used: they take a second, and help needs neither.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Optional

CONFIDENCE = 0.95
BOOTSTRAP_RESAMPLES = 9999
BOOTSTRAP_BATCH = 1000  # resamples held in memory at once
FEWEST_SAMPLES = 6  # the median of fewer lies outside all of them in more than 5 % of cases
SAMPLES_BEYOND = 5  # a percentile with fewer samples beyond it is told by single accidents
OUTLYING_SCORE = 3.5


class Interval(NamedTuple):
    """Two ends in the samples' unit, both included."""

    low: float
    high: float


def median(samples: Sequence[float]) -> float:
    """The middle of the samples, in their unit; raises ValueError without samples."""
    if not samples:
        raise ValueError("no samples have no median")
    return _type_7(samples, 0.5)


def carried(q: float, n: int) -> bool:
    """Whether `n` samples carry the quantile `q`, between 0 and 1, both excluded.

    The rule: at least 5 samples are expected beyond it, n min(q, 1 - q) >= 5, so that the 95th
    percentile needs 100 and the 99th needs 500. The median is a middle and no tail: any sample
    has one.

    Raises:
        ValueError: `q` isn't between 0 and 1.
    """
    if not 0 < q < 1:
        raise ValueError(f"a quantile lies between 0 and 1, not at {q}")
    # 100 * (1 - 0.95) is a little more or less than 5 in binary floating point.
    needed = 1 if q == 0.5 else SAMPLES_BEYOND / min(q, 1 - q) - 1e-6
    return n >= needed


def percentile(samples: Sequence[float], q: float) -> Optional[float]:
    """The sample quantile of type 7: linear between the order statistics around (n - 1) q.

    Source: R. J. Hyndman and Y. Fan, Sample Quantiles in Statistical Packages,
    The American Statistician 50 (1996), 361-365; definition 7, as NumPy and R use it.

    Args:
        samples: in any order and unit.
        q: the quantile, between 0 and 1, both excluded.

    Returns:
        The quantile in the samples' unit; None unless they carry it (`carried`).

    Raises:
        ValueError: `q` isn't between 0 and 1.
    """
    return _type_7(samples, q) if carried(q, len(samples)) else None


def median_interval(samples: Sequence[float], confidence: float = 0.95) -> Optional[Interval]:
    """Two samples that enclose the median of what they were drawn from; no distribution assumed.

    The r-th smallest and r-th largest of n samples miss the median with probability
    2 P(B < r), B binomial with n and 1/2; r is the largest for which the interval holds.
    Source: W. J. Conover, Practical Nonparametric Statistics, 3rd edition (1999), section 3.2.

    Args:
        samples: independent, in any order and unit.
        confidence: between 0 and 1; the interval's own is this or more.

    Returns:
        The interval's ends in the samples' unit; None for too few samples (95 % needs 6).
    """
    n = len(samples)
    rank = _interval_rank(n, confidence)
    if rank == 0:
        return None
    ordered = sorted(samples)
    return Interval(ordered[rank - 1], ordered[n - rank])


def bootstrap_interval(samples: Sequence[float], seed: int) -> Optional[Interval]:
    """The 95 % percentile bootstrap interval of the median.

    Percentiles of the medians of 9999 resamples; not BCa, whose acceleration comes from the
    jackknife, which is inconsistent for the median.
    Source: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap (1993), 13.3 and 11.6.

    Args:
        samples: independent, in any order and unit.
        seed: the same seed and samples give the same interval, with one version of NumPy.

    Returns:
        The interval's ends in the samples' unit, both the same where all samples are equal; None
        for fewer than 6, which no method can make a 95 % interval of (`median_interval`).
    """
    from numpy import median as medians  # noqa: PLC0415

    return resampled_interval((sorted(samples),), medians, seed)


def resampled_interval(
    groups: Sequence[Sequence[float]], statistic: Callable[..., Any], seed: int
) -> Optional[Interval]:
    """The 95 % percentile bootstrap interval of a statistic of independent groups of samples.

    Args:
        groups: each resampled by itself.
        statistic: takes one array a group and `axis`, along which it works.
        seed: of the resampling.

    Returns:
        The interval's ends; None when a group has fewer than 6 samples.
    """
    from numpy.random import default_rng  # noqa: PLC0415
    from scipy.stats import bootstrap  # noqa: PLC0415

    if min(map(len, groups)) < FEWEST_SAMPLES:
        return None
    found = bootstrap(
        groups,
        statistic,
        n_resamples=BOOTSTRAP_RESAMPLES,
        batch=BOOTSTRAP_BATCH,
        vectorized=True,
        confidence_level=CONFIDENCE,
        method="percentile",
        random_state=default_rng(seed),
    ).confidence_interval
    return Interval(float(found.low), float(found.high))


def relative_half_width(samples: Sequence[float], seed: int) -> Optional[float]:
    """Half of the median's bootstrap interval as a share of the median, 0.02 for 2 %.

    None for too few samples, and where the median is 0.
    """
    interval = bootstrap_interval(samples, seed)
    if interval is None or median(samples) == 0:
        return None
    return (interval.high - interval.low) / 2 / abs(median(samples))


def modified_z_scores(samples: Sequence[float]) -> tuple[float, ...]:
    """How far each sample lies from the median, in robust standard deviations.

    0.6745 (x - median) / MAD, MAD being the median absolute deviation from the median. Where more
    than half of the samples are equal and it is 0, the mean absolute deviation times 1.2533 takes
    its place; where all are equal, every score is 0.
    Source: B. Iglewicz and D. C. Hoaglin, How to Detect and Handle Outliers (1993), section 3.3.
    """
    if not samples:
        return ()
    middle = median(samples)
    away = [abs(sample - middle) for sample in samples]
    spread = median(away) / 0.6745 or math.sqrt(math.pi / 2) * sum(away) / len(away)
    return tuple((sample - middle) / spread if spread else 0.0 for sample in samples)


def outliers(samples: Sequence[float]) -> tuple[int, ...]:
    """Places of the samples whose modified z-score is beyond 3.5 either way; same source."""
    scores = enumerate(modified_z_scores(samples))
    return tuple(place for place, score in scores if abs(score) > OUTLYING_SCORE)


def _interval_rank(n: int, confidence: float) -> int:
    """The largest r of `median_interval`, 0 when there is none."""
    allowed = (1 - confidence) / 2
    beyond = 0  # P(B < rank + 1) in units of 2 ** -n: whole numbers, so that no tail underflows
    for rank in range(n // 2 + 1):
        beyond += math.comb(n, rank)
        if beyond / 2**n > allowed:
            return rank
    return n // 2


def _type_7(samples: Sequence[float], q: float) -> float:
    ordered = sorted(samples)
    position = (len(ordered) - 1) * q
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])
