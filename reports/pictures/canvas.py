"""A drawing's settings, and how it becomes SVG: the same drawing gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import StringIO
from textwrap import wrap

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from reports.markup import one_line
from reports.pictures.palette import GRID, INK, PAPER, SOFT
from reports.pictures.picture import Caption, Picture
from reports.pictures.vector import finished

WIDTH = 800  # pixels
PIXELS_PER_INCH = 72  # matplotlib's SVG counts in points, so that one is one pixel
TEXT = 12  # pixels
SMALL = 11
TINY = 10
LINE = 15  # pixels from one line of text to the next
MARGIN = 12
HEAD = 22  # pixels from the top to the title's baseline
NAME = 24  # characters of a variant's name on one line

# Text stays text, which a reader can search and copy. It is laid out with the widths of DejaVu
# Sans, which matplotlib brings; Verdana has the same ones, and other sans-serifs are narrower.
_STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": GRID.light,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": SOFT.light,
    "axes.labelsize": SMALL,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.dpi": PIXELS_PER_INCH,
    "figure.facecolor": PAPER.light,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "Helvetica"],
    "font.size": TEXT,
    "grid.color": GRID.light,
    "grid.linewidth": 0.8,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "savefig.facecolor": "auto",
    "svg.fonttype": "none",
    "text.color": INK.light,
    "text.parse_math": False,
    "xtick.color": GRID.light,
    "xtick.labelcolor": SOFT.light,
    "xtick.labelsize": SMALL,
    "ytick.color": GRID.light,
    "ytick.labelcolor": INK.light,
    "ytick.labelsize": TEXT,
    "ytick.major.size": 0,
}


@contextmanager
def style(name: str) -> Iterator[None]:
    """Settings for one drawing, whatever a user's own are; afterwards those hold again.

    Args:
        name: goes into the ids of what the drawing refers to, so that two pictures in one page
            don't share any.
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({**_STYLE, "svg.hashsalt": name})
        yield


def blank(height: float, title: str) -> Figure:
    """A drawing with nothing but its title, so many pixels high."""
    figure = Figure(figsize=(WIDTH / PIXELS_PER_INCH, height / PIXELS_PER_INCH))
    FigureCanvasSVG(figure)
    figure.text(MARGIN / WIDTH, 1 - HEAD / height, title, weight="bold", size=TEXT + 1)
    return figure


def widths(figure: Figure, texts: Iterable[str], size: int = TEXT) -> list[float]:
    """How many pixels each of the texts takes."""
    drawn = [figure.text(0, 0, text, size=size) for text in texts]
    found = [float(text.get_window_extent().width) for text in drawn]
    for text in drawn:
        text.remove()
    return found


def legend(figure: Figure, axes: Axes, columns: int) -> None:
    """What the colours, hatches and signs of the axes mean, each once, below the title."""
    handles, labels = axes.get_legend_handles_labels()
    each = dict(zip(labels, handles))
    figure.legend(
        each.values(),
        each.keys(),
        loc="upper left",
        bbox_to_anchor=(MARGIN / WIDTH, 1 - (HEAD + 10) / figure.bbox.height),
        borderaxespad=0,
        borderpad=0,
        ncols=columns,
    )


def folded(name: str) -> str:
    """A variant's name on as many short lines as it takes."""
    return "\n".join(wrap(one_line(name), NAME))


def picture(caption: Caption, figure: Figure) -> Picture:
    """The drawing as SVG."""
    written = StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(written, format="svg", metadata=nothing)
    svg = finished(written.getvalue(), caption)
    return Picture(caption.name, caption.title, caption.description, svg)
