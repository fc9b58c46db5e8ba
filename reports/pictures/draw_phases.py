"""Cold starts as waterfalls: each phase on a lane of its own, beginning where the last one ends."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.pictures.canvas import SMALL
from reports.pictures.palette import FILLS, GREY, PAPER, SOFT, Fill
from reports.pictures.picture import Caption
from reports.pictures.sheet import sheet
from reports.pictures.starts import Phase, Start
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
ROOM = 1.2  # times the longest start, for what stands behind its longest phase
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
        lanes_of = [entry for row, one in enumerate(found) for entry in _lanes(one, row, name)]
        tops, phases = zip(*lanes_of)
        axes.barh(
            tops,
            [phase.duration_ms for phase in phases],
            [BAND / len(one.phases) for one in found if _has(one, name)],
            [phase.begin_ms for phase in phases],
            align="edge",
            label=name,
            linewidth=0.4,
            **LOOK[name].drawn(PAPER),
        )
    for row, one in enumerate(found):
        _longest(axes, one, row)
    axes.set_xlim(0, max(one.phases[-1].end_ms for one in found) * ROOM)
    axes.set_xlabel("since the create call, ms")
    made.figures(axes, 1, COLD_START.title, [COLD_START.show(one.total_ms) for one in found])
    made.legend(axes, LEGEND_COLUMNS)
    return made.figure


def _has(one: Start, name: str) -> bool:
    return any(phase.name == name for phase in one.phases)


def _lanes(one: Start, row: int, name: str) -> Iterator[tuple[float, Phase]]:
    """The upper end of the phase's lane, in rows."""
    for lane, phase in enumerate(one.phases):
        if phase.name == name:
            yield row + BAND * (lane / len(one.phases) - 0.5), phase


def _longest(axes: Axes, one: Start, row: int) -> None:
    """Name and length of the longest phase behind it, where the lanes above are empty."""
    lane = one.phases.index(one.longest)
    axes.annotate(
        f"{one.longest.name} {COLD_START.show(one.longest.duration_ms)}",
        (one.longest.end_ms, row + BAND * ((lane + 1) / len(one.phases) - 0.5)),
        (4, 0),
        textcoords="offset points",
        va="bottom",
        size=SMALL - 1,
        color=SOFT.light,
    )
