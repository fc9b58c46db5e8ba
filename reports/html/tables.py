"""Tables that show more than Markdown can: raw values to sort by, bars, verdicts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Optional, Union

from markupsafe import Markup

from bench.record_types import VariantRecord
from reports.column import Column, Value
from reports.html.prose import inline
from reports.judgement import best, number
from reports.markup import code, one_line
from reports.pairs import cell, compared
from reports.parts import Pairs, Variants
from reports.pieces import Grid

Key = Union[None, float, str]  # what a row is sorted by; nothing for a value that isn't known


@dataclass(frozen=True)
class Cell:
    """One cell; `share`, 0 to 1, is the length of its bar, `mark` what kind of value it is."""

    html: Markup
    key: Key = None
    share: Optional[float] = None
    mark: str = ""


@dataclass(frozen=True)
class Head:
    """A column's heading; `sorts` by number or text, or not at all."""

    html: Markup
    align: str = "left"
    sorts: str = ""


@dataclass(frozen=True)
class Table:
    """Headings and rows of as many cells; the first of each names its row."""

    caption: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


def of_variants(part: Variants, caption: str, links: Mapping[str, str]) -> Table:
    """Sortable, with a bar wherever less or more is better.

    Args:
        part: what to show.
        caption: the table's name.
        links: where a variant's name leads to, for those that have such a place.
    """
    rows = part.record.variants
    filled = [_filled(column, part) for column in part.columns]
    names = [Cell(_name(row, links), sort_key(row.name)) for row in rows]
    heads = [
        Head(inline(column.title), column.align, _kind(cells))
        for column, cells in zip(part.columns, filled)
    ]
    lines = [[name, *(cells[place] for cells in filled)] for place, name in enumerate(names)]
    return Table(caption, [Head(Markup("variant"), sorts="text"), *heads], lines)


def _name(row: VariantRecord, links: Mapping[str, str]) -> Markup:
    name = inline(code(row.name))
    place = links.get(row.name)
    return Markup('<a href="#{}">{}</a>').format(place, name) if place else name


def _filled(column: Column, part: Variants) -> list[Cell]:
    """One column's cells."""
    rows = part.record.variants
    bold = best(column, rows, part.verdicts)
    shares = _shares(column, rows)
    cells = []
    for row, share in zip(rows, shares):
        value = column.value(row)
        mark = "best" if row.name in bold else ""
        cells.append(Cell(inline(column.text(value)), sort_key(value), share, mark))
    return cells


def _shares(column: Column, rows: Sequence[VariantRecord]) -> list[Optional[float]]:
    """Each value as a share of the largest, where values are better or worse."""
    values = [number(column, row) for row in rows]
    largest = max((value for value in values if value is not None), default=0.0)
    if column.smaller_is_better is None or not 0 < largest < math.inf:
        return [None] * len(values)
    return [None if value is None else max(0.0, value / largest) for value in values]


def sort_key(value: Value) -> Key:
    """What sorts a value: a number, of two ends the lower one, or text; None where not known."""
    if isinstance(value, tuple) and value and isinstance(value[0], float):
        return sort_key(value[0])
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) else None
    if value is None:
        return None
    return one_line(", ".join(map(str, value)) if isinstance(value, tuple) else str(value))


def _kind(cells: Iterable[Cell]) -> str:
    return "text" if any(isinstance(cell.key, str) for cell in cells) else "number"


def of_pairs(part: Pairs, caption: str) -> Optional[Table]:
    """A row a variant, a column for each before it; None where fewer than two were measured."""
    rows = compared(part.record, part.column)
    if len(rows) < 2:
        return None
    names = [inline(code(row.name)) for row in rows]
    lines = [
        [Cell(names[place]), *(_pair(part, other, row) for other in rows[:place])]
        for place, row in enumerate(rows)
    ]
    padded = [[*line, *[Cell(Markup())] * (len(rows) - len(line))] for line in lines[1:]]
    return Table(caption, [Head(Markup()), *map(Head, names[:-1])], padded)


def _pair(part: Pairs, baseline: VariantRecord, candidate: VariantRecord) -> Cell:
    found = part.verdicts.of(part.column, baseline.name, candidate.name)
    text = cell(part.column, baseline, candidate, part.verdicts)
    return Cell(inline(text), mark=f"pair {found.verdict or ''}".strip() if found else "")


def of_grid(grid: Grid, caption: str) -> Table:
    """A table that the terminal has too; a bar lies under the figure beside it."""
    heads = [
        Head(
            Markup().join([one_line(column.heading)]),
            "right" if column.kind == "number" else "left",
        )
        for column in grid.columns
        if column.kind != "bar"
    ]
    return Table(caption, heads, [list(_grid_row(grid, row)) for row in grid.rows], grid.note)


def _grid_row(grid: Grid, row: Sequence[Union[str, float]]) -> Iterable[Cell]:
    share = None
    for column, value in zip(grid.columns, row):
        if isinstance(value, float):
            share = value
            continue
        mark = "path" if column.kind in ("line", "path") else ""
        yield Cell(Markup.escape(one_line(value)), share=share, mark=mark)
        share = None
