"""Every pair of variants, told apart or not; samples are durations, so that smaller is faster.

A pair is told apart only where both hold:

- the Mann-Whitney test, corrected for all pairs of the run by Holm's method, gives p < 0.05;
- the ratio of the medians is beyond what the run's own A/A pair shows (`bench.noise_floor`).

Otherwise it is the same, and the ratio's interval says how large a difference may still hide.
Sources: H. B. Mann and D. R. Whitney, On a Test of Whether one of Two Random Variables is
Stochastically Larger than the Other, Annals of Mathematical Statistics 18 (1947), 50-60;
S. Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of
Statistics 6 (1979), 65-70.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal, Optional

from bench.condition_types import Frozen
from bench.noise_floor import NoiseFloor
from bench.ratio import ratio_interval, ratio_of_medians
from bench.statistics import Interval, median

ALPHA = 0.05  # how often a run in which all variants are equal may call any pair different

Verdict = Literal["faster", "slower", "same"]
OPPOSITE: Mapping[Verdict, Verdict] = {"faster": "slower", "slower": "faster", "same": "same"}
Pair = tuple[Sequence[float], Sequence[float]]


class Comparison(Frozen):
    """What is known of the candidate against the baseline.

    Attributes:
        ratio: the candidate's median divided by the baseline's; above 1 it is slower.
        interval: 95 %, of the ratio; None where one of them has too few samples.
        p_value: Mann-Whitney, two-sided.
        corrected_p: the same after Holm's correction over all pairs that were compared.
        noise_floor: the ratio, 1 or more, that the A/A pair may show; None where none was run.
        verdict: of the candidate; None where so few samples couldn't show any difference.
    """

    baseline: str
    candidate: str
    metric: str
    baseline_n: int
    candidate_n: int
    ratio: float
    interval: Optional[Interval]
    p_value: float
    corrected_p: float
    noise_floor: Optional[float]
    verdict: Optional[Verdict]

    @property
    def turned_round(self) -> Comparison:
        """The same, told of the baseline against the candidate."""
        ends = self.interval
        return self.model_copy(
            update={
                "baseline": self.candidate,
                "candidate": self.baseline,
                "baseline_n": self.candidate_n,
                "candidate_n": self.baseline_n,
                "ratio": 1 / self.ratio,
                "interval": None if ends is None else Interval(1 / ends.high, 1 / ends.low),
                "verdict": None if self.verdict is None else OPPOSITE[self.verdict],
            }
        )


def compare_all(
    samples: Mapping[str, Sequence[float]], floor: Optional[NoiseFloor], seed: int, metric: str
) -> tuple[Comparison, ...]:
    """Compare each variant, in the order given, with all that come after it.

    Args:
        samples: positive durations by variant, independent: one a container (`by_container`).
            Variants without any are left out.
        floor: from the same run and metric; without one the test alone decides.
        seed: of the intervals.
        metric: what the durations are of.

    Raises:
        ValueError: a duration isn't positive.
    """
    known = {name: tuple(values) for name, values in samples.items() if values}
    names = combinations(known, 2)
    pairs = {(one, other): (known[one], known[other]) for one, other in names}
    return _compared(pairs, floor, seed, metric)


def compare_runs(
    baseline: Mapping[str, Sequence[float]],
    candidate: Mapping[str, Sequence[float]],
    floor: Optional[NoiseFloor],
    seed: int,
    metric: str,
) -> tuple[Comparison, ...]:
    """Compare each variant of one run with the variant of that name in another run.

    The two weren't measured in turns, so that whatever changed between the runs counts as a
    difference too; Holm's correction is over the variants.

    Args:
        baseline: positive durations by variant, independent.
        candidate: the same of the other run; variants without samples in both are left out.
        floor: what identical variants show, within the runs or between them.
        seed: of the intervals.
        metric: what the durations are of.

    Raises:
        ValueError: a duration isn't positive.
    """
    names = [name for name, values in baseline.items() if values and candidate.get(name)]
    pairs = {(name, name): (tuple(baseline[name]), tuple(candidate[name])) for name in names}
    return _compared(pairs, floor, seed, metric)


def by_container(requests: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """The median of each container's requests, which is what to compare latencies by.

    Requests to one container share its memory layout, its page cache and its moment: they are
    alike for reasons that have nothing to do with the variant. Counted singly they make the test
    see far more evidence than there is, and identical variants differ. Containers are independent.
    """
    return tuple(median(one) for one in requests if one)


def mann_whitney_p(one: Sequence[float], other: Sequence[float]) -> float:
    """The two-sided p-value.

    Exact where one of them has at most 8 samples and no two are equal; otherwise the normal
    approximation, corrected for ties and continuity, which 9 samples carry well. That is SciPy's
    `method="auto"` (documentation of `scipy.stats.mannwhitneyu`).
    """
    from scipy.stats import mannwhitneyu  # noqa: PLC0415 - takes a second

    if len({*one, *other}) == 1:  # all ranks tied: no evidence of anything
        return 1.0
    return float(mannwhitneyu(one, other, alternative="two-sided", method="auto").pvalue)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's corrected p-values, in the order given.

    The k-th smallest of m is multiplied by m - k + 1, and none is below a smaller one's.
    """
    corrected = [1.0] * len(p_values)
    at_least = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        at_least = max(at_least, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = at_least
    return tuple(corrected)


def _compared(
    pairs: Mapping[tuple[str, str], Pair], floor: Optional[NoiseFloor], seed: int, metric: str
) -> tuple[Comparison, ...]:
    p_values = [mann_whitney_p(*pair) for pair in pairs.values()]
    return tuple(
        Comparison(
            baseline=baseline,
            candidate=candidate,
            metric=metric,
            baseline_n=len(pair[0]),
            candidate_n=len(pair[1]),
            ratio=ratio_of_medians(*pair),
            interval=ratio_interval(*pair, seed),
            p_value=p_value,
            corrected_p=corrected_p,
            noise_floor=None if floor is None else floor.floor,
            verdict=_verdict(pair, corrected_p, floor, len(pairs)),
        )
        for ((baseline, candidate), pair), p_value, corrected_p in zip(
            pairs.items(), p_values, holm(p_values)
        )
    )


def _verdict(
    pair: Pair, corrected_p: float, floor: Optional[NoiseFloor], pairs: int
) -> Optional[Verdict]:
    ratio = ratio_of_medians(*pair)
    allowed = 1.0 if floor is None else floor.floor
    if _smallest_p(pair) * pairs >= ALPHA:
        return None
    if corrected_p >= ALPHA or 1 / allowed <= ratio <= allowed:
        return "same"
    return "slower" if ratio > 1 else "faster"


def _smallest_p(pair: Pair) -> float:
    """The p-value when all samples of one are below all of the other: 2 of all orders do that."""
    return 2 / math.comb(len(pair[0]) + len(pair[1]), len(pair[0]))
