"""Order statistics of raw samples; None stands for what too few samples don't carry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Optional


class Interval(NamedTuple):
    """Two ends in the samples' unit, both included."""

    low: float
    high: float


def median(samples: Sequence[float]) -> float:
    """The middle of the samples, in their unit; raises ValueError without samples."""
    if not samples:
        raise ValueError("no samples have no median")
    return _type_7(samples, 0.5)


def percentile(samples: Sequence[float], q: float) -> Optional[float]:
    """The sample quantile of type 7: linear between the order statistics around (n - 1) q.

    Source: R. J. Hyndman and Y. Fan, Sample Quantiles in Statistical Packages,
    The American Statistician 50 (1996), 361-365; definition 7, as NumPy and R use it.

    Args:
        samples: in any order and unit.
        q: the quantile, between 0 and 1, both excluded.

    Returns:
        The quantile in the samples' unit. None unless at least one sample is expected beyond it,
        n min(q, 1 - q) >= 1: the 95th percentile needs 20 samples, the 99th needs 100.

    Raises:
        ValueError: `q` isn't between 0 and 1.
    """
    if not 0 < q < 1:
        raise ValueError(f"a quantile lies between 0 and 1, not at {q}")
    # 20 * (1 - 0.95) is a little more or less than 1 in binary floating point.
    carried = len(samples) * min(q, 1 - q) >= 1 - 1e-9
    return _type_7(samples, q) if carried else None


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
