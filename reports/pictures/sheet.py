"""A drawing with one row for each variant, its names on the left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.pictures.axis import NUMBERS
from reports.pictures.canvas import HEAD, LINE, MARGIN, SMALL, WIDTH, blank, folded, widths
from reports.pictures.palette import SOFT

GAP = 8  # pixels between a name and its row
FOOT = 46  # pixels for the axis below the rows
FIGURE = 74  # pixels for a column of figures on the right


@dataclass(frozen=True)
class Sheet:
    """The drawing and its margins, in pixels."""

    figure: Figure
    names: tuple[str, ...]
    height: float
    left: float
    top: float
    right: float

    def panel(self, begin: float = 0.0, end: float = 1.0) -> Axes:
        """Rows in a part of the room, from `begin` to `end` of it; the first row is on top."""
        room = WIDTH - self.left - self.right
        left, width = self.left + begin * room, (end - begin) * room
        tall = self.height - self.top - FOOT
        axes = self.figure.add_axes(
            (left / WIDTH, FOOT / self.height, width / WIDTH, tall / self.height)
        )
        axes.set_ylim(len(self.names) - 0.5, -0.5)
        axes.set_yticks(range(len(self.names)), [] if begin else self.names)
        axes.tick_params(axis="y", pad=GAP)
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(NUMBERS)
        return axes

    def figures(self, axes: Axes, place: int, heading: str, texts: Sequence[str]) -> None:
        """A column of figures beside the rows; `place` counts from 1 on, to the right."""
        self._beside(axes, place, -0.5, heading, SOFT.light)
        for row, text in enumerate(texts):
            self._beside(axes, place, row, text)

    def reach(self, axes: Axes, texts: Sequence[str], ends: Sequence[float], size: int) -> float:
        """How far an axis from 0 reaches, so that each text has room behind the end of its bar."""
        room = float(axes.bbox.width)
        taken = (width + 2 * GAP for width in widths(self.figure, texts, size))
        return max(end / (1 - width / room) for end, width in zip(ends, taken))

    def _beside(
        self, axes: Axes, place: int, row: float, text: str, colour: str | None = None
    ) -> None:
        axes.annotate(
            text,
            (1, row),
            (FIGURE * place, 4 if colour else 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            ha="right",
            va="bottom" if colour else "center",
            size=SMALL,
            color=colour,
            annotation_clip=False,
        )


def sheet(
    title: str, names: Sequence[str], row: float, legend_lines: int, figures: int = 0
) -> Sheet:
    """Room for the rows.

    Args:
        title: of the drawing.
        names: one a row.
        row: height of one in pixels, more where a name takes many lines.
        legend_lines: lines that the legend takes.
        figures: columns of figures on the right.
    """
    lines = tuple(map(folded, names))
    tallest = max(text.count("\n") + 1 for text in lines)
    top = HEAD + 10 + 18 * legend_lines + 16
    height = top + max(row, LINE * tallest + 4) * len(lines) + FOOT
    figure = blank(height, title)
    left = MARGIN + max(widths(figure, lines)) + GAP
    right = MARGIN + (FIGURE * figures or GAP)
    return Sheet(figure, lines, height, left, top, right)
