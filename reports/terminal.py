"""What a person sees while images are read, and when a command ends.

With `reports.page` and `reports.progress_table` this is all of rich.
Everything here goes to standard error but results, which go to standard output.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Literal, Protocol

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

Row = Mapping[str, object]
SHORT = 12  # characters
COLOURS = {
    **dict.fromkeys(("ok", "measured", "passed"), "green"),
    **dict.fromkeys(("problem", "failed"), "red"),
    "note": "yellow",
}


class SayRead(Protocol):
    """Shows what is being read, and how much of it has come when it comes bit by bit."""

    def __call__(self, text: str, read_bytes: int | None = None) -> None:
        """Show it."""


@contextmanager
def reading(verbose: bool) -> Iterator[SayRead]:
    """A function that shows what is being read; away from a terminal only where it's asked for."""
    console = Console(stderr=True, highlight=False)
    if verbose or not console.is_terminal:
        yield partial(_read_line, console if verbose else None)
        return
    columns = (SpinnerColumn("line"), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda text, read_bytes=None: progress.update(
            task, description=text if read_bytes is None else f"{text}: {read_bytes / 1e6:,.0f} MB"
        )


def _read_line(console: Console | None, text: str, read_bytes: int | None = None) -> None:
    if console is not None and read_bytes is None:
        console.print(Text(text), soft_wrap=True)


def show(rows: Sequence[Row], as_json: bool) -> None:
    """Print rows as a table, or as JSON for programs."""
    console = Console(highlight=False)
    if as_json:
        print(json.dumps(list(rows), indent=2, sort_keys=False))  # noqa: T201 - no wrapping
    elif rows:
        console.print(table(rows))


def table(rows: Sequence[Row]) -> Table:
    """Rows of equal keys as a table; the keys are the headings."""
    made = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    for number, heading in enumerate(rows[0]):
        values = [row[heading] for row in rows]
        numeric = all(isinstance(value, (int, float)) for value in values)
        justify: Literal["left", "right"] = "right" if numeric else "left"
        width = max(len(cell(value)) for value in values)
        # Short values stay whole on a narrow terminal; headings and long texts wrap.
        kept = width if number == 0 or width <= SHORT else None
        made.add_column(heading.replace("_", " "), justify=justify, min_width=kept)
    for row in rows:
        made.add_row(*(cell(value) for value in row.values()))
    return made


def cell(value: object) -> Text:
    """One value as text; lists by commas, states in their colour."""
    if value is None or value == "":
        return Text("-", style="dim")
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return Text(text, style=COLOURS.get(text, ""))


def removed(counts: Row) -> str:
    """What `clean` took away, in one line."""
    parts = (f"{counts[name]} {name}" for name in ("containers", "networks", "images"))
    size_bytes = counts["size_bytes"]
    assert isinstance(size_bytes, int)
    return f"removed {', '.join(parts)}: {size_bytes / 1e9:.2f} GB"


def say(text: str) -> None:
    """One plain line of result."""
    Console(highlight=False).print(Text(text), soft_wrap=True)


def warn(text: str) -> None:
    """One plain line beside the result, on standard error."""
    Console(stderr=True, highlight=False).print(Text(text, style="yellow"), soft_wrap=True)


def complain(lines: Sequence[str]) -> None:
    """Lines of failure, on standard error, the first one marked."""
    console = Console(stderr=True, highlight=False)
    for number, line in enumerate(lines):
        mark = Text("error: ", style="bold red") if number == 0 else Text("  ")
        console.print(mark + Text(printable(line)), soft_wrap=True)


def printable(text: str) -> str:
    """The text with escapes for what a terminal would act on: it may come out of an image."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
