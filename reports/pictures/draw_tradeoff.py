"""Size against p95 as labelled points, with the Pareto front as steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from reports.columns import LATENCY_P95
from reports.image_columns import SIZE
from reports.pictures.axis import NUMBERS, logarithmic
from reports.pictures.canvas import MARGIN, SMALL, WIDTH, blank, folded, legend
from reports.pictures.labels import Box, Point, around, placed
from reports.pictures.palette import BLUE, PAPER, SOFT
from reports.pictures.picture import Caption
from reports.pictures.scale import wide
from reports.pictures.sheet import FOOT
from reports.pictures.tradeoff import Spot

HEIGHT = 460  # pixels
LEFT, TOP = 76, 66
PAD = 1.5  # times the extreme values, at a logarithmic axis' ends
LEADER = 20  # pixels between a point and its label from which on a line joins them


def draw(found: tuple[Spot, ...], caption: Caption) -> Figure:
    """One panel; what lies further down and to the left is better."""
    figure = blank(HEIGHT, caption.title)
    wide_px, tall_px = WIDTH - LEFT - MARGIN, HEIGHT - TOP - FOOT
    axes = figure.add_axes((LEFT / WIDTH, FOOT / HEIGHT, wide_px / WIDTH, tall_px / HEIGHT))
    _axis(axes, "x", tuple(spot.size_mb for spot in found), SIZE.title)
    _axis(axes, "y", tuple(spot.p95_ms for spot in found), f"latency {LATENCY_P95.title}")
    axes.tick_params(axis="y", labelcolor=SOFT.light, labelsize=SMALL)
    steps = _front(axes, [spot for spot in found if spot.on_front])
    _others(axes, [spot for spot in found if not spot.on_front])
    _labels(figure, axes, found, steps)
    legend(figure, axes, 2)
    return figure


def _axis(axes: Axes, which: Literal["x", "y"], values: tuple[float, ...], title: str) -> None:
    axis = axes.xaxis if which == "x" else axes.yaxis
    limits = axes.set_xlim if which == "x" else axes.set_ylim
    if wide(min(values), max(values)):
        logarithmic(axes, which)
        limits(min(values) / PAD, max(values) * PAD)
    else:
        limits(0, max(values) * 1.15)
    axis.set_major_formatter(NUMBERS)
    axis.set_label_text(title)


def _front(axes: Axes, front: Sequence[Spot]) -> tuple[Box, ...]:
    """Draw the front; the places of its lines, in pixels."""
    if not front:
        return ()
    right, top = axes.get_xlim()[1], axes.get_ylim()[1]
    corners = [(front[0].size_mb, top), (front[0].size_mb, front[0].p95_ms)]
    for before, after in zip(front, front[1:]):
        corners += [(after.size_mb, before.p95_ms), (after.size_mb, after.p95_ms)]
    corners.append((right, front[-1].p95_ms))
    axes.plot(*zip(*corners), color=BLUE, linewidth=1.4, linestyle=(0, (5, 3)))
    label = "Pareto front: no other is smaller and as fast"
    axes.plot(*_places(front), "D", label=label, color=BLUE, markersize=9)
    pixels = axes.transData.transform(corners).tolist()
    return tuple(
        Box(*map(min, one, other), *map(max, one, other)) for one, other in zip(pixels, pixels[1:])
    )


def _others(axes: Axes, others: Sequence[Spot]) -> None:
    if others:
        axes.plot(
            *_places(others),
            "o",
            label="other variants",
            markerfacecolor=PAPER.light,
            markeredgecolor=SOFT.light,
            markeredgewidth=1.6,
            markersize=8,
        )


def _places(spots: Sequence[Spot]) -> tuple[list[float], list[float]]:
    return [spot.size_mb for spot in spots], [spot.p95_ms for spot in spots]


def _labels(figure: Figure, axes: Axes, found: Sequence[Spot], lines: Sequence[Box]) -> None:
    """Names beside the points, each joined to its point by a line where it isn't near."""
    points = [Point(*axes.transData.transform((spot.size_mb, spot.p95_ms))) for spot in found]
    texts = [
        figure.text(0, 0, _name(spot), size=SMALL, weight="bold" if spot.on_front else "normal")
        for spot in found
    ]
    extents = [text.get_window_extent() for text in texts]
    sizes = [(float(extent.width), float(extent.height)) for extent in extents]
    area = Box(*axes.bbox.extents)
    for text, point, box in zip(texts, points, placed(points, sizes, area, lines)):
        text.set_position((box.left / WIDTH, box.bottom / HEIGHT))
        text.set_verticalalignment("bottom")
        _leader(figure, point, box.nearest(point))


def _name(spot: Spot) -> str:
    return f"{folded(spot.variant)}\n{spot.answers}" if spot.answers else folded(spot.variant)


def _leader(figure: Figure, point: Point, end: Point) -> None:
    begin = around(point).nearest(end)
    if math.dist(point, end) > LEADER:
        across, up = (begin.x / WIDTH, end.x / WIDTH), (begin.y / HEIGHT, end.y / HEIGHT)
        figure.add_artist(Line2D(across, up, color=SOFT.light, linewidth=0.8))
