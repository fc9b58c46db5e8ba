"""Bytes by category: in MB on the left, as shares of each image on the right."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.formats import BYTES_PER_MB
from reports.image_columns import SIZE
from reports.pictures.canvas import SMALL, legend
from reports.pictures.palette import FILLS, PAPER, REST
from reports.pictures.picture import Caption
from reports.pictures.sheet import Sheet, sheet
from reports.pictures.stacks import Stacks

ROW = 30  # pixels
LEGEND_COLUMNS = 4


def draw(found: Stacks, caption: Caption) -> Figure:
    """Two panels with a row for each variant."""
    made = sheet(caption.title, [one.variant for one in found.each], ROW, legend_lines=2)
    absolute, shares = made.panel(0, 0.62), made.panel(0.66, 1)
    sizes_bytes = [one.size_bytes for one in found.each]
    _bars(absolute, found, [BYTES_PER_MB] * len(sizes_bytes))
    _bars(shares, found, [size / 100 or 1 for size in sizes_bytes])
    _wholes(made, absolute, sizes_bytes)
    absolute.set_xlabel(SIZE.title)
    shares.set_xlim(0, 100)
    shares.set_xlabel("share of the image, %")
    legend(made.figure, absolute, LEGEND_COLUMNS)
    return made.figure


def _wholes(made: Sheet, axes: Axes, sizes_bytes: Sequence[float]) -> None:
    """Each image's size behind its bar."""
    texts = [SIZE.show(size_bytes) for size_bytes in sizes_bytes]
    ends = [size_bytes / BYTES_PER_MB for size_bytes in sizes_bytes]
    for row, (text, end) in enumerate(zip(texts, ends)):
        axes.annotate(text, (end, row), (4, 0), textcoords="offset points", va="center", size=SMALL)
    axes.set_xlim(0, made.reach(axes, texts, ends, SMALL) or 1)


def _bars(axes: Axes, found: Stacks, units: Sequence[float]) -> None:
    """Every category's part of every row, in its row's unit, behind the one before."""
    rows = range(len(found.each))
    left = [0.0] * len(rows)
    fills = (*FILLS[: len(found.labels) - 1], REST)
    for place, (label, fill) in enumerate(zip(found.labels, fills)):
        widths = [one.parts_bytes[place] / unit for one, unit in zip(found.each, units)]
        axes.barh(rows, widths, 0.7, left, label=label, linewidth=0.5, **fill.drawn(PAPER))
        left = [start + width for start, width in zip(left, widths)]
