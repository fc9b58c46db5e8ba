"""How often a real delay of 5 % is found, on real containers, at the default settings.

    python -m benchmarks.power

Two images that differ in a sleep alone, of 5 % of the median cold start, are each measured under
`NAMES` names in interleaved rounds, as many as a run takes at most. Each pair of an undelayed and a
delayed name is then a run of its own, with the noise floor of an A/A pair: it ends where the stop
rule ends it, and is judged by what it has until then. The pairs share containers, so that they
aren't independent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from statistics import median

from bench.comparison import compare_all
from bench.noise_floor import noise_floor
from bench.stop_rule import StopRule, decide
from benchmarks.figure import Figure, finish
from benchmarks.same_image import ROOT, delayed, series
from builders.matrix_file import load_matrix
from builders.measurement_settings import MeasurementSettings

NAMES = 6  # 36 pairs
DELAY = 0.05
MISSED = 0.1
AGAIN = ("again 1", "again 2")
Samples = Mapping[str, Sequence[float]]


def rounds_of(pair: Sequence[str], samples: Samples, rule: StopRule) -> int:
    """After how many rounds a run of the pair and the A/A pair would have ended."""
    for count in range(rule.fewest, rule.most):
        taken = {name: [samples[name][:count]] for name in (*pair, *AGAIN)}
        if decide(taken, 0.0, rule).reason != "go on":
            return count
    return rule.most


def run_of(pair: Sequence[str], samples: Samples, rule: StopRule) -> tuple[int, bool]:
    """Rounds of one run, and whether it called the delayed name slower."""
    count = rounds_of(pair, samples, rule)
    taken = {name: samples[name][:count] for name in (*pair, *AGAIN)}
    floor = noise_floor(taken[AGAIN[0]], taken[AGAIN[1]], rule.seed)
    (found,) = compare_all({name: taken[name] for name in pair}, floor, rule.seed, "cold start")
    return count, found.verdict == "slower"


def figures(settings: MeasurementSettings) -> list[Figure]:
    """Take the samples and judge every pair."""
    with delayed(0.0) as (undelayed,):
        typical_ms = median(series({"undelayed": undelayed}, 20)["undelayed"].cold_start)
        with delayed(DELAY * typical_ms) as (slow,):
            names = {f"quick {number}": undelayed for number in range(NAMES)}
            slow_names = {f"slow {number}": slow for number in range(NAMES)}
            again = dict.fromkeys(AGAIN, undelayed)
            taken = series({**names, **slow_names, **again}, settings.most_cold_starts)
    samples = {name: one.cold_start for name, one in taken.items()}
    rule = StopRule(
        precision=settings.precision,
        max_time_s=settings.max_time_s,
        seed=settings.seed,
        fewest=settings.fewest_cold_starts,
        most=settings.most_cold_starts,
    )
    runs = [run_of(pair, samples, rule) for pair in product(names, slow_names)]
    missed = sum(not found for _, found in runs) / len(runs)
    return [
        Figure("median cold start, undelayed", typical_ms, "ms"),
        Figure("delay", DELAY * typical_ms, "ms"),
        Figure("comparisons", len(runs), "pairs"),
        Figure("rounds of a run, median", median(count for count, _ in runs), "rounds"),
        Figure("not called slower", missed, "1", MISSED),
    ]


if __name__ == "__main__":
    finish("power", figures(load_matrix(ROOT / "variants.yaml").measurement))
