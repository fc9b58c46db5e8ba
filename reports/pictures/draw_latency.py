"""Latencies as histograms, one above the other over the same axis."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.columns import LATENCY_P50, LATENCY_P95
from reports.markup import MISSING
from reports.pictures.axis import logarithmic
from reports.pictures.canvas import legend
from reports.pictures.distributions import Distribution, Distributions
from reports.pictures.palette import BLUE, INK, VERMILLION
from reports.pictures.picture import Caption
from reports.pictures.sheet import sheet

ROW = 42  # pixels
TALLEST = 0.8  # of a row's height
BASE = 0.42  # of a row's height, from its middle down to where the histogram stands


def draw(found: Distributions, caption: Caption) -> Figure:
    """A row for each variant, with p50 and p95 beside it."""
    made = sheet(caption.title, [one.variant for one in found.each], ROW, 1, 2)
    axes = made.panel()
    for row, one in enumerate(found.each):
        _histogram(axes, found.edges_ms, one, row)
    if found.logarithmic:
        logarithmic(axes, "x")
    else:
        axes.set_xlim(left=0)
    axes.set_xlabel("latency of a request, ms")
    p50s = [LATENCY_P50.show(one.p50_ms) for one in found.each]
    p95s = [MISSING if one.p95_ms is None else LATENCY_P95.show(one.p95_ms) for one in found.each]
    made.figures(axes, 1, "p50, ms", p50s)
    made.figures(axes, 2, LATENCY_P95.title, p95s)
    legend(made.figure, axes, 3)
    return made.figure


def _histogram(axes: Axes, edges_ms: tuple[float, ...], one: Distribution, row: int) -> None:
    base = row + BASE
    tops = [base - TALLEST * share / max(one.shares) for share in one.shares]
    axes.stairs(
        tops,
        edges_ms,
        baseline=base,
        fill=True,
        color=BLUE,
        alpha=0.85,
        label="requests, each row to its own highest",
    )
    axes.plot(
        [one.p50_ms] * 2,
        [base - TALLEST, base],
        color=INK.light,
        linewidth=1.6,
        label="p50",
    )
    if one.p95_ms is not None:
        axes.plot(
            [one.p95_ms] * 2,
            [base - TALLEST, base],
            color=VERMILLION,
            linewidth=1.6,
            linestyle=(0, (3, 2)),
            label="p95",
        )
