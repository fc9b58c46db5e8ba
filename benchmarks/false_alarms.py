"""How often identical variants are called different, on real containers.

    python -m benchmarks.false_alarms

One image is measured under `NAMES` names in interleaved rounds, as many as a run takes at least.
Every pair of names is then judged as a run of two variants would be, with the noise floor of an
A/A pair that is no part of it. The pairs share containers, so that they aren't independent; none
of the containers differs, so that each "faster" or "slower" is a false alarm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from bench.comparison import compare_all
from bench.noise_floor import noise_floor
from benchmarks.figure import Figure, finish
from benchmarks.same_image import ROOT, VARIANT, series
from builders.matrix_file import load_matrix
from builders.plan import tag

NAMES = 22  # 231 pairs
AGAIN = ("again 1", "again 2")  # the A/A pair
ALLOWED = 0.05


def alarms(samples: Mapping[str, Sequence[float]], seed: int) -> tuple[int, int]:
    """Pairs that were called different, and all pairs."""
    floor = noise_floor(samples[AGAIN[0]], samples[AGAIN[1]], seed)
    names = [name for name in samples if name not in AGAIN]
    verdicts = [
        compare_all({one: samples[one], other: samples[other]}, floor, seed, "")[0].verdict
        for one, other in combinations(names, 2)
    ]
    return sum(verdict != "same" for verdict in verdicts), len(verdicts)


if __name__ == "__main__":
    measurement = load_matrix(ROOT / "variants.yaml").measurement
    names = [*(f"name {number}" for number in range(NAMES)), *AGAIN]
    taken = series(dict.fromkeys(names, tag(VARIANT)), measurement.fewest_cold_starts)
    figures = []
    for metric in ("cold_start", "latency"):
        values = {name: getattr(one, metric) for name, one in taken.items()}
        called, pairs = alarms(values, measurement.seed)
        figures.append(Figure(f"{metric}: A/A comparisons", pairs, "pairs"))
        figures.append(Figure(f"{metric}: called different", called / pairs, "1", ALLOWED))
    finish("false_alarms", figures)
