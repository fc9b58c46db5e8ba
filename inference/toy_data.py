"""Two classes of points in the plane that overlap a little, from a seed alone.

Only sums of `random()` are used, which gives the same numbers on every machine and Python version.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

TRAINING_POINTS = 40_000
HELD_OUT_POINTS = 10_000
CENTRE = 0.65  # of class 1 on both axes; class 0 lies opposite
TERMS = 3  # of each coordinate's noise: close to normal, with a standard deviation of 0.5


@dataclass(frozen=True)
class Points:
    """Coordinates of shape (n, 2), and for each point its class, 0.0 or 1.0, by turns."""

    coordinates: list[tuple[float, float]]
    labels: list[float]


@dataclass(frozen=True)
class ToyData:
    """What is trained on, and what accuracy is told of."""

    training: Points
    held_out: Points


def toy_data(seed: int) -> ToyData:
    """The points of this seed."""
    draw = random.Random(seed).random  # noqa: S311 - toy data, no secret
    return ToyData(_points(draw, TRAINING_POINTS), _points(draw, HELD_OUT_POINTS))


def _points(draw: Callable[[], float], count: int) -> Points:
    labels = [float(number % 2) for number in range(count)]
    centres = (CENTRE if label else -CENTRE for label in labels)
    coordinates = [(centre + _noise(draw), centre + _noise(draw)) for centre in centres]
    return Points(coordinates, labels)


def _noise(draw: Callable[[], float]) -> float:
    return sum(draw() for _ in range(TERMS)) - TERMS / 2
