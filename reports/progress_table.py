"""What is seen while a command measures: the step, the time left, and the table so far.

On a terminal they are live; elsewhere each step and each round is a plain line.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from bench.record_types import VariantRecord
from bench.standing import Standing, TimeLeft
from bench.statistics import median
from reports import terminal

REFRESHES_PER_S = 1  # drawing takes processor time beside what is measured
NEARLY = 0.999  # a task that is complete stops its clock, and there is always another step
_HEADINGS = ("variant", "n", "cold start, ms", "interval, ±%", "latency p50, ms", "")


class Shown(Protocol):
    """Shows what a command does."""

    def say(self, text: str, share: float | None = None) -> None:
        """The step that now begins, and which share of its stage is done."""

    def watch(self, standing: Standing) -> None:
        """How far the rounds are."""

    def tell(self, text: str) -> None:
        """A line that stays."""


@contextmanager
def shown(verbose: bool, console: Optional[Console] = None) -> Iterator[Shown]:
    """What shows the steps and rounds of a command; on standard error unless told otherwise."""
    console = console or Console(stderr=True, highlight=False)
    if verbose or not console.is_terminal:
        yield _Lines(console)
        return
    with Live(console=console, transient=True, refresh_per_second=REFRESHES_PER_S) as live:
        yield _Display(live)


class _Lines:
    """A plain line for each step and each round."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str, share: float | None = None) -> None:  # noqa: ARG002 - a line has no bar
        self._console.print(Text(text), soft_wrap=True)

    def watch(self, standing: Standing) -> None:
        if not standing.name:
            self.say(round_line(standing))

    def tell(self, text: str) -> None:
        self.say(text)


class _Display:
    """A bar, and below it the table once there is one."""

    def __init__(self, live: Live) -> None:
        columns = (
            BarColumn(20),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
        )
        self._live = live
        self._progress = Progress(*columns)
        self._task = self._progress.add_task("starting", total=None)
        live.update(self._progress)

    def say(self, text: str, share: float | None = None) -> None:
        self._show(text, share)
        self._live.update(self._progress)

    def watch(self, standing: Standing) -> None:
        if standing.name:
            left = time_left(standing.left)
            self._show(f"{_round(standing)}: {standing.name}, {left}", standing.share)
        self._live.update(Group(self._progress, table(standing)))

    def tell(self, text: str) -> None:
        self._live.console.print(Text(text), soft_wrap=True)

    def _show(self, text: str, share: float | None) -> None:
        total = None if share is None else 1
        done = min(share or 0, NEARLY)
        self._progress.update(self._task, description=text, total=total, completed=done)


def round_line(standing: Standing) -> str:
    """A round that is over, and what is known now."""
    widest = standing.decision.widest
    known = f"widest interval {widest[1]:.1%} of the median ({widest[0]})" if widest else ""
    parts = (f"round {standing.decision.samples} of at most {standing.most}", known)
    left = () if standing.decision.reason != "go on" else (time_left(standing.left),)
    return ", ".join(filter(None, (*parts, *left)))


def time_left(left: TimeLeft) -> str:
    """In words, as coarse as the estimate is."""
    if not left.seconds:
        return "time left unknown" if left.at_least else "nearly done"
    told = f"{left.seconds / 60:.0f} min" if left.seconds > 90 else f"{left.seconds:.0f} s"
    return f"at least {told} left" if left.at_least else f"about {told} left"


def table(standing: Standing) -> Table:
    """Medians so far and how sure they are; a failed row shows why."""
    made = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    for number, heading in enumerate(_HEADINGS):
        made.add_column(heading, justify="right" if 0 < number < 5 else "left", no_wrap=True)
    for row in standing.rows:
        made.add_row(*_cells(row, standing.decision.half_widths.get(row.name)))
    return made


def _cells(row: VariantRecord, half_width: Optional[float]) -> Iterator[Text]:
    samples = row.samples
    starts = [sample.phases.total_ns / 1e6 for sample in samples]
    latencies = [median(sample.latency_ns) / 1e6 for sample in samples]
    yield Text(row.name)
    yield Text(str(len(samples)))
    yield terminal.cell(f"{median(starts):,.1f}" if starts else "")
    yield terminal.cell("" if half_width is None else f"{half_width * 100:.1f}")
    yield terminal.cell(f"{median(latencies):,.2f}" if latencies else "")
    yield Text(terminal.printable(row.reason), style="red")


def _round(standing: Standing) -> str:
    return f"round {standing.decision.samples + 1} of at most {standing.most}"
