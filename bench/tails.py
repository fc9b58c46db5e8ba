"""Percentiles of requests that came from several containers, told apart or not.

Requests to one container share its luck, so that containers are resampled, whole, and not requests
(cluster bootstrap: A. C. Davison and D. V. Hinkley, Bootstrap Methods and their Application (1997),
section 3.8). Two variants are told apart only where both hold:

- the interval of the ratio of their percentiles, widened for all pairs of the run by Bonferroni's
  correction, leaves out 1;
- the ratio is beyond what the run's own A/A pair shows (`bench.noise_floor`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import chain, combinations
from typing import Any, Optional

from bench.comparison import ALPHA, OPPOSITE, Verdict
from bench.condition_types import Frozen
from bench.noise_floor import NoiseFloor
from bench.statistics import (
    BOOTSTRAP_BATCH,
    BOOTSTRAP_RESAMPLES,
    FEWEST_SAMPLES,
    Interval,
    carried,
    percentile,
)

Containers = tuple[tuple[float, ...], ...]  # the requests of each


class TailComparison(Frozen):
    """What is known of the candidate's percentile against the baseline's.

    Attributes:
        ratio: the candidate's divided by the baseline's; above 1 it is slower.
        interval: of the ratio; all intervals of a run hold together in 95 % of runs.
        verdict: of the candidate.
    """

    baseline: str
    candidate: str
    ratio: float
    interval: Interval
    verdict: Verdict

    @property
    def turned_round(self) -> TailComparison:
        """The same, told of the baseline against the candidate."""
        return TailComparison(
            baseline=self.candidate,
            candidate=self.baseline,
            ratio=1 / self.ratio,
            interval=Interval(1 / self.interval.high, 1 / self.interval.low),
            verdict=OPPOSITE[self.verdict],
        )


def compare_tails(
    requests: Mapping[str, Containers], floor: Optional[NoiseFloor], q: float, seed: int
) -> tuple[TailComparison, ...]:
    """Compare each variant, in the order given, with all that come after it.

    Args:
        requests: positive durations by variant. Variants are left out that have fewer than 6
            containers, or too few requests for the percentile.
        floor: from the same run and percentile (`tail_floor`); without one the interval decides.
        q: the quantile, such as 0.95.
        seed: of the resampling; each variant is resampled independently.
    """
    streams = {name: place for place, name in enumerate(requests)}
    known = {name: those for name, those in requests.items() if _enough(those, q)}
    again = {name: resampled(those, q, seed, streams[name]) for name, those in known.items()}
    pairs = tuple(combinations(known, 2))
    return tuple(
        TailComparison(
            baseline=one,
            candidate=other,
            ratio=ratio,
            interval=interval,
            verdict=_verdict(ratio, interval, floor),
        )
        for one, other in pairs
        for ratio in [_ratio(known[one], known[other], q)]
        for interval in [_interval(again[one], again[other], len(pairs))]
    )


def tail_floor(a: Containers, a_again: Containers, q: float, seed: int) -> Optional[NoiseFloor]:
    """The floor from the run's A/A pair; None where one of them is too small for an interval."""
    if not (_enough(a, q) and _enough(a_again, q)):
        return None
    interval = _interval(resampled(a, q, seed, 0), resampled(a_again, q, seed, 1), pairs=1)
    return NoiseFloor(ratio=_ratio(a, a_again, q), interval=interval)


def _enough(containers: Containers, q: float) -> bool:
    requests = list(chain(*containers))
    steady = len(containers) >= FEWEST_SAMPLES and carried(q, len(requests))
    return steady and min(requests) > 0


def _ratio(baseline: Containers, candidate: Containers, q: float) -> float:
    before, after = (percentile(list(chain(*one)), q) for one in (baseline, candidate))
    if before is None or after is None:
        raise ValueError("too few requests for this percentile")
    return after / before


def _interval(baselines: Any, candidates: Any, pairs: int) -> Interval:
    """Both ends of the ratio, so far out that the intervals of all pairs hold together."""
    import numpy as np  # noqa: PLC0415 - help needs no NumPy

    beyond = ALPHA / pairs / 2
    low, high = np.quantile(candidates / baselines, [beyond, 1 - beyond])
    return Interval(float(low), float(high))


def _verdict(ratio: float, interval: Interval, floor: Optional[NoiseFloor]) -> Verdict:
    allowed = 1.0 if floor is None else floor.floor
    if interval.low <= 1 <= interval.high or 1 / allowed <= ratio <= allowed:
        return "same"
    return "slower" if ratio > 1 else "faster"


@lru_cache(maxsize=64)
def resampled(containers: Containers, q: float, seed: int, stream: int) -> Any:
    """An array of the percentiles (type 7, as `percentile`) of 9999 resamples of the containers.

    Args:
        containers: the requests of each; they may differ in number.
        q: the quantile.
        seed: the same seed and containers give the same resamples.
        stream: another one is resampled independently of this.
    """
    import numpy as np  # noqa: PLC0415 - help needs no NumPy

    values = np.concatenate([np.asarray(one, dtype=float) for one in containers])
    owners: Any = np.repeat(np.arange(len(containers)), [len(one) for one in containers])
    order = np.argsort(values, kind="stable")
    values, owners = values[order], owners[order]
    random, left, found = np.random.default_rng([seed, stream]), BOOTSTRAP_RESAMPLES, []
    even = np.full(len(containers), 1 / len(containers))
    while left > 0:
        times = random.multinomial(len(containers), even, size=min(left, BOOTSTRAP_BATCH))
        found.append(_percentiles(values, times[:, owners].cumsum(axis=1), q))
        left -= BOOTSTRAP_BATCH
    return np.concatenate(found)


def _percentiles(values: Any, until: Any, q: float) -> Any:
    """Type 7 of sorted values of which a row of `until` counts how many there are up to each."""
    import numpy as np  # noqa: PLC0415

    position = (until[:, -1] - 1) * q
    below = np.floor(position)
    above = np.minimum(below + 1, until[:, -1] - 1)
    low, high = (values[(until <= one[:, None]).sum(axis=1)] for one in (below, above))
    return low + (position - below) * (high - low)
