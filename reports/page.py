"""A page for the terminal, made of a few kinds of pieces; with `reports.terminal`, all of rich.

Everything in a piece may come out of someone's image: what isn't printable is escaped, so that no
file's name moves the cursor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, Union

from rich.bar import Bar
from rich.cells import cell_len
from rich.console import Console, ConsoleRenderable
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reports.pieces import Advice, Column, Grid, Heading, Items, Pairs, Piece
from reports.terminal import printable

BAR_WIDTH = 16  # characters
NARROW_BAR_WIDTH = 10
NARROW = 100  # characters; a line of fewer has short bars
INDENT = 2  # characters
CUT = ("line", "path")
PLAIN = str.maketrans({"█": "#", "…": "~", **dict.fromkeys("▏▎▍▌▋▊▉", " ")})
GAP = 2  # characters between columns
LONG = 20  # characters; texts of no more stay on one line
LEAST = 12  # characters that a column is cut to


def show(pieces: Iterable[Piece]) -> None:
    """Print a page to standard output."""
    console = Console(highlight=False)
    with console.capture() as printed:
        for piece in pieces:
            for part in _parts(piece, console.width - INDENT):
                # What a user may copy is left whole, for the terminal to wrap.
                console.print(part, soft_wrap=isinstance(part, Text))
    lines = (line.rstrip() for line in printed.get().strip("\n").splitlines())
    console.file.write(_encodable("".join(f"{line}\n" for line in lines), console.encoding))


def _encodable(text: str, encoding: str) -> str:
    """The text with plain characters for the bars and escapes for names, where it needs them."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    return text


def plain(text: str) -> str:
    """The text on one line, with escapes for what a terminal would act on."""
    return printable(" ".join(text.split()))


def _parts(piece: Piece, room: int) -> Iterator[ConsoleRenderable]:
    if isinstance(piece, Heading):
        aside = Text(f"  {plain(piece.aside)}" if piece.aside else "", style="dim")
        yield Text("\n") + Text(plain(piece.text), style="bold") + aside
    elif isinstance(piece, Pairs):
        yield _indented(_pairs(piece))
    elif isinstance(piece, Grid):
        yield _indented(_grid(piece, room))
        if piece.note:
            yield _indented(Text(plain(piece.note), style="dim"))
    elif isinstance(piece, Items):
        yield _indented(_items(piece))
    else:
        yield from _advice(piece)


def _pairs(piece: Pairs) -> Table:
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, text in piece.rows:
        made.add_row(Text(plain(name)), Text(plain(text)))
    return made


def _items(piece: Items) -> Table:
    made = Table.grid(padding=(0, 1, 0, 0))
    made.add_column()
    made.add_column(overflow="fold")
    for name, text in piece.rows:
        made.add_row("-", Text(plain(name)))
        if text:
            made.add_row("", Text(plain(text), style="dim"))
    return made


def _grid(piece: Grid, room: int) -> Table:
    made = Table(box=None, header_style="dim", padding=(0, GAP, 0, 0), pad_edge=False)
    made.show_header = any(column.heading for column in piece.columns)
    bar_width = NARROW_BAR_WIDTH if room < NARROW else BAR_WIDTH
    widths = _widths(piece, room, bar_width)
    for column, width in zip(piece.columns, widths):
        justify: Literal["left", "right"] = "right" if column.kind == "number" else "left"
        fixed = None if column.kind == "text" and width > LONG else width
        made.add_column(column.heading, justify=justify, overflow="fold", width=fixed)
    for row in piece.rows:
        made.add_row(*map(_cell, piece.columns, row, widths))
    return made


def _widths(piece: Grid, room: int, bar_width: int) -> list[int]:
    """Each column's width in characters; those that can be cut share what is left of the line."""
    widths = [
        max([cell_len(column.heading), *(_natural(row[number], bar_width) for row in piece.rows)])
        for number, column in enumerate(piece.columns)
    ]
    cut = [number for number, column in enumerate(piece.columns) if column.kind in CUT]
    excess = sum(widths) + GAP * len(widths) - room
    for number in sorted(cut, key=lambda number: -widths[number]):
        taken = min(excess, max(0, widths[number] - LEAST))
        widths[number] -= max(0, taken)
        excess -= taken
    return widths


def _natural(value: Union[str, float], bar_width: int) -> int:
    return bar_width if isinstance(value, float) else cell_len(plain(value))


def _cell(column: Column, value: Union[str, float], width: int) -> Union[Text, Bar]:
    if isinstance(value, float):
        return Bar(1, 0, value, width=width, color="blue")
    text = Text(plain(value), style=column.style)
    if column.kind == "path" and text.cell_len > width:  # its end tells more than its beginning
        text = Text("…") + text[-(width - 1) :]
    elif column.kind == "line":
        text.truncate(width, overflow="ellipsis")
    return text


def _advice(piece: Advice) -> Iterator[ConsoleRenderable]:
    aside = Text(f"  {plain(piece.aside)}" if piece.aside else "", style="green")
    yield Text("\n" + " " * INDENT) + Text(plain(piece.title), style="bold") + aside
    lines = Table.grid(padding=(0, 1, 0, 0))
    lines.add_column()
    lines.add_column(overflow="fold")
    for line in piece.lines:
        lines.add_row("-", Text(plain(line)))
    yield _indented(lines)
    for line in piece.code.splitlines():
        yield Text(" " * (INDENT + 4)) + Text(printable(line), style="cyan")


def _indented(part: Union[Table, Text]) -> Padding:
    return Padding(part, (0, 0, 0, INDENT), expand=False)
