"""All pictures of a record."""

from __future__ import annotations

from bench.record_types import Record
from reports.pictures.picture import Caption, Picture
from reports.pictures.stacks import caption as bytes_caption
from reports.pictures.stacks import stacks


def captions(record: Record) -> tuple[Caption, ...]:
    """What the pictures of this record show; nothing is drawn for it."""
    found = stacks(record)
    return (bytes_caption(found),) if found.each else ()


def pictures(record: Record) -> tuple[Picture, ...]:
    """Those that the record has data for; the same record gives the same bytes."""
    from reports.pictures import draw_bytes  # noqa: PLC0415 - matplotlib takes half a second
    from reports.pictures.canvas import picture, style  # noqa: PLC0415

    found = stacks(record)
    if not found.each:
        return ()
    with style("bytes"):
        return (picture(bytes_caption(found), draw_bytes.draw(found)),)
