"""What is measured when: rounds that hold every name once, each in a random order of its own."""

from __future__ import annotations

import random
from collections.abc import Sequence


def rounds(names: Sequence[str], count: int, seed: int) -> tuple[tuple[str, ...], ...]:
    """`count` rounds that hold every name once.

    The order depends on the seed and the names alone, whatever the Python version, and that of a
    round not on how many come after it, so that a run that was broken off can go on.
    """
    # `random()` of a seeded generator never changes, says its documentation; `shuffle` may.
    draw = random.Random(seed).random  # noqa: S311 - an order, not a secret
    return tuple(
        tuple(name for _, name in sorted((draw(), name) for name in names)) for _ in range(count)
    )
