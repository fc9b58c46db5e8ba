"""Cold starts as waterfalls: each phase on a lane of its own, beginning where the last one ends."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.pictures.canvas import TINY, legend
from reports.pictures.palette import FILLS, GREY, PAPER, SOFT, Fill
from reports.pictures.picture import Caption
from reports.pictures.sheet import Sheet, sheet
from reports.pictures.starts import Start
from reports.start_columns import (
    COLD_START,
    CREATE,
    ENGINE,
    ENGINE_START,
    FIRST_ANSWER,
    IMPORTS,
    INTERPRETER,
    LAUNCH,
    MODEL_LOAD,
)

LANE = 7  # pixels
BAND = 0.84  # of a row's height, for the lanes together
LEGEND_COLUMNS = 4
ORDER = (LAUNCH, ENGINE, CREATE, ENGINE_START, INTERPRETER, IMPORTS, MODEL_LOAD, FIRST_ANSWER)
LOOK = {
    LAUNCH.heading: Fill(GREY, ""),
    ENGINE.heading: Fill(GREY, "|||"),
    CREATE.heading: FILLS[3],
    ENGINE_START.heading: FILLS[1],
    INTERPRETER.heading: FILLS[2],
    IMPORTS.heading: FILLS[0],
    MODEL_LOAD.heading: FILLS[4],
    FIRST_ANSWER.heading: FILLS[5],
}


def draw(found: tuple[Start, ...], caption: Caption) -> Figure:
    """A row for each variant, and the median of its whole starts beside it."""
    lanes = max(len(one.phases) for one in found)
    names = {phase.name for one in found for phase in one.phases}
    lines = -(-len(names) // LEGEND_COLUMNS)
    made = sheet(caption.title, [one.variant for one in found], LANE * lanes / BAND, lines, 1)
    axes = made.panel()
    for name in (column.heading for column in ORDER if column.heading in names):
        bars = [bar for row, one in enumerate(found) for bar in _bars(one, row, name)]
        look = LOOK[name].drawn(PAPER)
        axes.barh(*zip(*bars), align="edge", label=name, linewidth=0.4, **look)
    _longest(made, axes, found)
    axes.set_xlabel("since the create call, ms")
    made.figures(axes, 1, COLD_START.title, [COLD_START.show(one.total_ms) for one in found])
    legend(made.figure, axes, LEGEND_COLUMNS)
    return made.figure


def _bars(one: Start, row: int, name: str) -> Iterator[tuple[float, float, float, float]]:
    """Upper end, length, thickness and beginning of the phase's bar, in rows and ms."""
    thickness = BAND / len(one.phases)
    for lane, phase in enumerate(one.phases):
        if phase.name == name:
            top = row - BAND / 2 + lane * thickness
            yield top, phase.duration_ms, thickness, phase.begin_ms


def _longest(made: Sheet, axes: Axes, found: tuple[Start, ...]) -> None:
    """Name and length of each longest phase behind it, where the lanes above are empty."""
    texts = [f"{one.longest.name} {IMPORTS.show(one.longest.duration_ms)}" for one in found]
    for row, (one, text) in enumerate(zip(found, texts)):
        lanes_down = one.phases.index(one.longest) + 1
        axes.annotate(
            text,
            (one.longest.end_ms, row - BAND / 2 + lanes_down * BAND / len(one.phases)),
            (4, 0),
            textcoords="offset points",
            va="bottom",
            size=TINY,
            color=SOFT.light,
        )
    reach_ms = made.reach(axes, texts, [one.longest.end_ms for one in found], TINY)
    axes.set_xlim(0, max(reach_ms, *(one.phases[-1].end_ms for one in found)))
