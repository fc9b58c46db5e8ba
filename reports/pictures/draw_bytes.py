"""Bytes by category: in MB on the left, as shares of each image on the right."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.formats import BYTES_PER_MB
from reports.image_columns import SIZE
from reports.pictures import palette
from reports.pictures.canvas import SMALL, blank
from reports.pictures.stacks import Stacks

ROW = 30  # pixels
FILLS = (*palette.FILLS, palette.REST)


def draw(found: Stacks) -> Figure:
    """Two panels with a row for each variant."""
    figure = blank(130 + ROW * len(found.each))
    absolute, shares = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    sizes = [one.size_bytes for one in found.each]
    _bars(absolute, found, [BYTES_PER_MB] * len(sizes))
    _bars(shares, found, [max(size, 1) / 100 for size in sizes])
    for row, one in enumerate(found.each):
        absolute.annotate(
            SIZE.show(one.size_bytes),
            (one.size_bytes / BYTES_PER_MB, row),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
        )
    absolute.set_yticks(range(len(sizes)), [one.variant for one in found.each])
    absolute.invert_yaxis()
    absolute.set_xlabel("size, MB")
    shares.set_xlabel("share of the image, %")
    figure.legend(*absolute.get_legend_handles_labels(), loc="upper left", ncols=4)
    figure.subplots_adjust(left=0.2, right=0.98, top=1 - 60 / (130 + ROW * len(sizes)), bottom=0.15)
    return figure


def _bars(axes: Axes, found: Stacks, units: Sequence[float]) -> None:
    rows = range(len(found.each))
    left = [0.0] * len(rows)
    for place, (label, fill) in enumerate(zip(found.labels, FILLS)):
        widths = [one.parts_bytes[place] / unit for one, unit in zip(found.each, units)]
        axes.barh(
            rows,
            widths,
            0.7,
            left,
            label=label,
            color=fill.colour,
            hatch=fill.hatch,
            edgecolor=palette.PAPER.light,
            linewidth=0.5,
        )
        left = [start + width for start, width in zip(left, widths)]
