"""The ratio of two medians, and its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from bench.statistics import Interval, median, resampled_interval


def ratio_of_medians(baseline: Sequence[float], candidate: Sequence[float]) -> float:
    """The candidate's median divided by the baseline's.

    Raises:
        ValueError: there are no samples, or one of them isn't positive.
    """
    if min(*baseline, *candidate) <= 0:
        raise ValueError("only positive durations have a ratio")
    return median(candidate) / median(baseline)


def ratio_interval(
    baseline: Sequence[float], candidate: Sequence[float], seed: int
) -> Optional[Interval]:
    """The 95 % percentile bootstrap interval of `ratio_of_medians`; None for fewer than 6 of one.

    Both are resampled independently. See `bench.statistics.bootstrap_interval` for the method.
    """
    return resampled_interval((sorted(baseline), sorted(candidate)), _ratios, seed)


def _ratios(baselines: Any, candidates: Any, axis: int) -> Any:
    from numpy import median as medians  # noqa: PLC0415 - help needs no NumPy

    return medians(candidates, axis=axis) / medians(baselines, axis=axis)
