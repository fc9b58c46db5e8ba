"""Axes that read as the tables do."""

from __future__ import annotations

from typing import Literal

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

NUMBERS = StrMethodFormatter("{x:,.10g}")
DECADE = (1.0, 2.0, 5.0)  # ticks of a logarithmic axis, times each power of ten


def logarithmic(axes: Axes, which: Literal["x", "y"]) -> None:
    """Make that axis logarithmic, with plain numbers at its ticks."""
    axes.set(**{f"{which}scale": "log"})
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(LogLocator(subs=DECADE))
    axis.set_major_formatter(NUMBERS)
    axis.set_minor_locator(NullLocator())
