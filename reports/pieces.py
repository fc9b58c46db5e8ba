"""What a page for the terminal is made of; `reports.page` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Union

Kind = Literal["text", "line", "path", "number", "bar"]


@dataclass(frozen=True)
class Heading:
    """A section's title, and what stands beside it."""

    text: str
    aside: str = ""


@dataclass(frozen=True)
class Pairs:
    """Lines of a name and what is told of it."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """One of a grid: `text` wraps, a `line` is cut, a `path` at its start, a `bar` is 0 to 1."""

    heading: str
    kind: Kind = "text"
    style: str = ""


@dataclass(frozen=True)
class Grid:
    """A table; its cells are text, but numbers from 0 to 1 for bars."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Union[str, float]]]
    note: str = ""


@dataclass(frozen=True)
class Items:
    """What stands on a line of its own, and below it what to say of it."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Advice:
    """A title with what it would save, the evidence, and lines of code."""

    title: str
    aside: str
    lines: Sequence[str]
    code: str


Piece = Union[Heading, Pairs, Grid, Items, Advice]


@dataclass(frozen=True)
class Extent:
    """The most rows of each kind; what goes beyond is counted."""

    owners: int
    layers: int
    findings: int
    evidence: int


TERMINAL = Extent(owners=15, layers=15, findings=5, evidence=5)
