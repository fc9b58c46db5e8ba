"""How far two identical variants lie apart in this run: what a difference has to exceed.

The reference is measured twice in the run, under two names, interleaved like all others (A/A).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Optional

from bench.condition_types import Frozen
from bench.ratio import ratio_interval, ratio_of_medians
from bench.statistics import Interval


class NoiseFloor(Frozen):
    """The A/A pair: ratio of its medians, and the 95 % interval of that ratio."""

    ratio: float
    interval: Interval

    @property
    def floor(self) -> float:
        """The larger of two ratios, 1 or more: what the pair showed, and what it might have.

        What it might have is half the interval's width (of logarithms, so that faster and slower
        weigh the same): 95 of 100 pairs of identical variants lie within it. The observed ratio
        alone would be one draw, often next to 1 by luck, and then allow anything; but where it is
        larger, something in this run sets identical variants apart, and counts. The interval's
        far end, which adds the two, would count the noise of the pair twice, and miss about twice
        as many true differences of 5 % (simulated).
        """
        half_width = math.log(self.interval.high / self.interval.low) / 2
        return math.exp(max(abs(math.log(self.ratio)), half_width))


def noise_floor(a: Sequence[float], a_again: Sequence[float], seed: int) -> Optional[NoiseFloor]:
    """The floor from the run's A/A pair; None for fewer than 6 samples of one.

    Raises:
        ValueError: there are no samples, or a duration isn't positive.
    """
    ratio, interval = ratio_of_medians(a, a_again), ratio_interval(a, a_again, seed)
    return None if interval is None else NoiseFloor(ratio=ratio, interval=interval)
