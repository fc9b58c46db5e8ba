"""What a page is made of: Markdown, and what HTML shows with more than Markdown can.

Headings are Markdown of a part of their own: `# ` begins a page, `## ` a section.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Union

from bench.record_types import Record
from reports.column import Column
from reports.editions import picture_path
from reports.frame import comparison
from reports.markup import escape, folded
from reports.pairs import matrix
from reports.pictures.gallery import caption
from reports.pictures.picture import Caption
from reports.verdicts import Verdicts


@dataclass(frozen=True)
class Variants:
    """A row a variant, a column a metric, the best of each marked."""

    record: Record
    columns: Sequence[Column]
    verdicts: Verdicts


@dataclass(frozen=True)
class Pairs:
    """Every pair of variants in one metric."""

    record: Record
    column: Column
    verdicts: Verdicts


@dataclass(frozen=True)
class Folded:
    """Markdown that shows once the reader opens it; `summary` is plain words."""

    summary: str
    parts: Sequence[str]


@dataclass(frozen=True)
class Images:
    """A section of every image taken apart, for which Markdown has no room."""

    record: Record


@dataclass(frozen=True)
class Shown:
    """One of the record's pictures, told by `caption`; it lies at `path`, seen from the page."""

    record: Record
    caption: Caption
    path: str


Part = Union[str, Variants, Pairs, Folded, Images, Shown]


def shown(record: Record, name: str) -> Part:
    """The picture of this name; nothing where the record has no data for it."""
    told = caption(record, name)
    return Shown(record, told, picture_path(record, name)) if told else ""


def page(parts: Iterable[Part]) -> str:
    """A page of Markdown, ending in a line feed; parts with nothing in them are left out."""
    return "\n\n".join(filter(None, map(_markdown, parts))) + "\n"


def _markdown(part: Part) -> str:
    if isinstance(part, Variants):
        return comparison(part.record, part.columns, part.verdicts)
    if isinstance(part, Pairs):
        return matrix(part.record, part.column, part.verdicts)
    if isinstance(part, Folded):
        return folded(part.summary, *part.parts)
    if isinstance(part, Shown):
        return f"![{escape(part.caption.description)}]({part.path})"
    return "" if isinstance(part, Images) else part
