"""How values are printed: a value in, Markdown out. A column uses one of these for all its rows."""

from __future__ import annotations

import math
from typing import Any, Callable, Optional

from reports.markup import MISSING, escape

BYTES_PER_MB = 1_000_000


def decimals(digits: int, scale: float = 1) -> Callable[[float], str]:
    """Prints value / scale with so many digits and thousands separators."""

    def show(value: float) -> str:
        rounded = round(value / scale, digits) + 0.0  # adding 0 turns -0.0 into 0.0
        return f"{rounded:,.{digits}f}"

    return show


def between(show: Callable[[float], str]) -> Callable[[tuple[float, float]], str]:
    """Prints the two ends of an interval."""
    return lambda ends: f"{show(ends[0])} to {show(ends[1])}"


megabytes = decimals(1, BYTES_PER_MB)
percent = decimals(1, 0.01)


def count(value: int) -> str:
    """A whole number."""
    return f"{value:,}"


def signed(value: float, show: Callable[[Any], str] = megabytes) -> str:
    """A difference with its sign; bytes in MB unless told otherwise."""
    text = show(value)
    return f"+{text}" if value > 0 and text.strip("0.") else text


def difference(value: float) -> str:
    """A probability difference: its order of magnitude matters."""
    return f"{value:.1e}" if value else "0"


def yes_no(value: bool) -> str:
    """A check's outcome."""
    return "yes" if value else "no"


def words(value: str) -> str:
    """Text of a record."""
    return escape(value) or MISSING


def names(value: tuple[str, ...]) -> str:
    """A list of names."""
    return escape(", ".join(value)) or "none"


def user(value: str) -> str:
    """An image's user; an engine takes an empty one for root."""
    return escape(value) or "root"


WORDS = (words, names, user, yes_no)  # aligned left; numbers are aligned right


def finite(value: Any) -> Optional[float]:
    """JSON has no infinity and no NaN."""
    return value if value is not None and math.isfinite(value) else None
