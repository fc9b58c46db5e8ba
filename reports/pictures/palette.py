"""Colours and hatches that hold on a light and on a dark page, and for the colour-blind.

Data have the colours of M. Okabe and K. Ito, Color Universal Design (2008), without its black and
yellow, which are lost on a dark or a light page; each has a hatch of its own too, so that colour is
never alone. Text and lines change with the reader's colour scheme; their light colours are written
into the drawing, for a viewer that knows no schemes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Tone:
    """One colour in the light and in the dark scheme."""

    light: str
    dark: str


@dataclass(frozen=True)
class Fill:
    """How an area is told from its neighbours."""

    colour: str
    hatch: str

    def drawn(self, edge: Tone) -> dict[str, Any]:
        """As matplotlib takes it; hatches have the colour of the edges."""
        return {"facecolor": self.colour, "hatch": self.hatch, "edgecolor": edge.light}


PAPER = Tone("#ffffff", "#0d1117")
INK = Tone("#1f2328", "#e6edf3")
SOFT = Tone("#59636e", "#9198a1")
GRID = Tone("#d1d9e0", "#3d444d")
TONES = (PAPER, INK, SOFT, GRID)

BLUE = "#0072b2"
ORANGE = "#e69f00"
GREEN = "#009e73"
VERMILLION = "#d55e00"
SKY = "#56b4e9"
PURPLE = "#cc79a7"
GREY = "#8b949e"

FILLS = (
    Fill(BLUE, ""),
    Fill(ORANGE, "///"),
    Fill(GREEN, "---"),
    Fill(PURPLE, "\\\\\\"),
    Fill(SKY, "+++"),
    Fill(VERMILLION, "xxx"),
)
REST = Fill(GREY, "|||")
