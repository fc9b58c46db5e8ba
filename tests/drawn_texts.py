"""Where the texts of a picture lie, measured in its SVG with the widths of DejaVu Sans."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.etree import ElementTree

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

SVG = "{http://www.w3.org/2000/svg}"
_METRICS = TextToPath()


class Placed(NamedTuple):
    """A text, and the box it takes in pixels; y grows downwards."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: Placed) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def texts(svg: str) -> list[Placed]:
    """Every text of the drawing, one a line."""
    return [_placed(element) for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def overlapping(svg: str) -> list[tuple[str, str]]:
    """Pairs of texts that cover each other."""
    found = texts(svg)
    return [
        (one.text, other.text)
        for place, one in enumerate(found)
        for other in found[place + 1 :]
        if one.covers(other)
    ]


def outside(svg: str) -> list[str]:
    """Texts that reach over the picture's edge."""
    root = ElementTree.fromstring(svg)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    return [
        one.text
        for one in texts(svg)
        if min(one.left, one.top) < 0 or one.right > width or one.bottom > height
    ]


def _placed(element: ElementTree.Element) -> Placed:
    text, style = str(element.text), element.attrib["style"]
    size = re.search(r"([\d.]+)px", style)
    anchor = re.search(r"text-anchor: (\w+)", style)
    bold = re.search(r"\b(bold|700)\b", style)
    assert size is not None
    font = FontProperties(size=float(size[1]), weight="bold" if bold else "normal")
    width, height, below = _METRICS.get_text_width_height_descent(text, font, ismath=False)
    before = {"start": 0.0, "middle": width / 2, "end": width}[anchor[1] if anchor else "start"]
    x, y = _origin(element)
    if "rotate(-90" in element.get("transform", ""):
        return Placed(text, x - height + below, y - width + before, x + below, y + before)
    return Placed(text, x - before, y - height + below, x - before + width, y + below)


def _origin(element: ElementTree.Element) -> tuple[float, float]:
    """Where it stands: in attributes, or in a translation in front of its turn."""
    moved = re.search(r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform", ""))
    if moved is not None:
        return float(moved[1]), float(moved[2])
    return float(element.attrib["x"]), float(element.attrib["y"])
