"""An image taken apart: what `slimbench inspect` tells of it, in topics that fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from markupsafe import Markup

from bench.inspection.facts import ImageFacts
from bench.record_types import Record, VariantRecord
from reports.formats import count, megabytes
from reports.html.tables import of_grid
from reports.html.templates import macro
from reports.inspection import told
from reports.markup import one_line
from reports.pieces import Advice, Extent, Grid, Heading, Items, Pairs, Piece

ROOM = Extent(owners=500, layers=500, findings=20, evidence=50)


@dataclass(frozen=True)
class Topic:
    """Something that is told of an image."""

    title: str
    aside: str
    body: Markup


@dataclass(frozen=True)
class Image:
    """One image: where it stands on the page, what it is, and all that is told of it."""

    place: str
    name: str
    aside: str
    opening: Markup
    topics: Sequence[Topic]


def images(record: Record, places: Mapping[str, str]) -> Sequence[Image]:
    """Those that were inspected, in the record's order.

    Args:
        record: the run.
        places: the id of each one's place, by the variant's name.
    """
    return [
        _image(row, row.image, places[row.name]) for row in record.variants if row.image is not None
    ]


def _image(row: VariantRecord, facts: ImageFacts, place: str) -> Image:
    topics: list[tuple[Heading, list[Piece]]] = [(Heading(""), [])]
    for piece in told(facts, ROOM):
        if isinstance(piece, Heading):
            topics.append((piece, []))
        else:
            topics[-1][1].append(piece)
    bodies = [
        Topic(one_line(heading.text), one_line(heading.aside), _body(row.name, heading.text, those))
        for heading, those in topics
    ]
    return Image(place, one_line(row.name), _aside(facts), bodies[0].body, bodies[1:])


def _aside(facts: ImageFacts) -> str:
    hints = len(facts.hints)
    return (
        f"{megabytes(facts.size_bytes)} MB, {count(len(facts.layers))} layers,"
        f" {count(len(facts.packages))} packages,"
        f" {count(hints) if hints else 'no'} hint{'' if hints == 1 else 's'}"
    )


def _body(name: str, topic: str, pieces: Sequence[Piece]) -> Markup:
    return Markup().join(filter(None, (_piece(f"{name}: {topic}", piece) for piece in pieces)))


def _piece(caption: str, piece: Piece) -> Optional[Markup]:
    if isinstance(piece, Grid):
        return macro("tables.html", "table")(of_grid(piece, one_line(caption)))
    kinds = {Pairs: "pairs", Items: "items", Advice: "advice"}
    return macro("pieces.html", kinds[type(piece)])(piece) if type(piece) in kinds else None
