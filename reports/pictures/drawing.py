"""Which drawing belongs to which picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from matplotlib.figure import Figure

from reports.pictures import draw_bytes, draw_latency, draw_phases, draw_tradeoff
from reports.pictures.canvas import picture, style
from reports.pictures.picture import Caption, Picture

DRAW: Mapping[str, Callable[[Any, Caption], Figure]] = {
    "tradeoff": draw_tradeoff.draw,
    "phases": draw_phases.draw,
    "latency": draw_latency.draw,
    "bytes": draw_bytes.draw,
}


def drawn(caption: Caption, data: Any) -> Picture:
    """The picture of this caption's name, made of the data that it tells of."""
    with style(caption.name):
        return picture(caption, DRAW[caption.name](data, caption))
