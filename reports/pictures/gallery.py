"""All pictures of a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.record_types import Record
from reports.pictures import distributions, stacks, starts, tradeoff
from reports.pictures.picture import Caption, Picture


def captions(record: Record) -> tuple[Caption, ...]:
    """What the pictures of this record show; nothing is drawn for it."""
    return tuple(caption for caption, _shown in _found(record))


def pictures(record: Record) -> tuple[Picture, ...]:
    """Those that the record has data for; the same record gives the same bytes."""
    from reports.pictures.drawing import drawn  # noqa: PLC0415 - matplotlib takes half a second

    return tuple(drawn(caption, shown) for caption, shown in _found(record))


def _found(record: Record) -> Iterator[tuple[Caption, Any]]:
    """Each picture in words, and what it is drawn from."""
    if spots := tradeoff.spots(record):
        yield tradeoff.caption(spots), spots
    if cold := starts.starts(record):
        yield starts.caption(cold), cold
    if latencies := distributions.distributions(record):
        yield distributions.caption(latencies), latencies
    if images := stacks.stacks(record):
        yield stacks.caption(images), images
