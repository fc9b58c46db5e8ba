"""How far identical images lie apart in two runs: what a difference between these has to exceed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Optional

from bench.noise_floor import NoiseFloor, noise_floor
from bench.record_types import Record
from reports.column import Column
from reports.verdicts import floor_of

Samples = Mapping[str, "tuple[float, ...]"]


def largest_floor(
    runs: Sequence[Record], column: Column, samples: Sequence[Samples], alike: Iterable[str]
) -> Optional[NoiseFloor]:
    """The widest of all that is known; None where nothing is.

    Args:
        runs: the two; the A/A pair of each is the noise within it.
        column: the noisy metric.
        samples: durations by variant, of the old run and the new one.
        alike: variants that were built from the same inputs; each is noise between the runs.
    """
    found = [floor_of(run, column) for run in runs]
    for name in alike:
        old, new = (side.get(name) for side in samples)
        if old and new:
            found.append(noise_floor(old, new, runs[-1].conditions.seed))
    known = [floor for floor in found if floor is not None]
    return max(known, key=lambda one: one.floor, default=None)
