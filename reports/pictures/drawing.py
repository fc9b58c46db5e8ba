"""Which drawing belongs to which picture."""

from __future__ import annotations

from typing import Any

from reports.pictures import draw_bytes, draw_latency, draw_phases, draw_tradeoff
from reports.pictures.canvas import picture, style
from reports.pictures.picture import Caption, Picture

DRAW = {
    "bytes": draw_bytes.draw,
    "phases": draw_phases.draw,
    "latency": draw_latency.draw,
    "tradeoff": draw_tradeoff.draw,
}


def drawn(caption: Caption, shown: Any) -> Picture:
    """The picture of this name."""
    with style(caption.name):
        return picture(caption, DRAW[caption.name](shown, caption))
