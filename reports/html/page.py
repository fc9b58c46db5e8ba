"""A run as one HTML file, which asks nobody for anything and works from a disk.

It is made of the same parts as the Markdown page, and every image taken apart besides. The same
record gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Optional

from bench.record_types import Record
from reports import markdown, service_page, training
from reports.html.captions import Places
from reports.html.sections import Writer, grouped
from reports.html.templates import whole
from reports.parts import Part
from reports.pictures.gallery import pictures
from reports.pictures.picture import Picture

PARTS: Mapping[str, Callable[[Record], Iterable[Part]]] = {
    "predict": markdown.parts,
    "serve": service_page.parts,
    "train": training.parts,
    "http": markdown.parts,
    "command": markdown.parts,
}


def render(
    record: Record,
    drawn: Optional[Sequence[Picture]] = None,
    parts: Optional[Iterable[Part]] = None,
) -> str:
    """The whole file.

    Args:
        record: the run; failed, unmeasured and partly measured variants are rows like the others.
        drawn: its pictures, where they have been drawn before.
        parts: what the page tells, where that has been put together before.
    """
    by_name = {one.name: one for one in (pictures(record) if drawn is None else drawn)}
    places = Places(("content", "told"))
    links = {
        row.name: places.another(f"image {row.name}")
        for row in record.variants
        if row.image is not None
    }
    writer = Writer(by_name, links, places)
    opening, *sections = (
        writer.section(heading, those)
        for heading, those in grouped(PARTS[record.workload](record) if parts is None else parts)
    )
    title = opening.title.striptags()
    return whole("page.html", title=title, opening=opening.body, sections=sections)
