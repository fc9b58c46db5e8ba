"""When an axis is logarithmic."""

from __future__ import annotations

WIDE = 10


def wide(lowest: float, highest: float) -> bool:
    """Whether values reach so far that the small ones would lie on each other otherwise."""
    return 0 < lowest * WIDE < highest
