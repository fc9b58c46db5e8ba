"""All pictures of a record: each from its own data, in words and drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Optional

from bench.record_types import Record
from reports.pictures import distributions, stacks, starts, tradeoff
from reports.pictures.picture import Caption, Picture


class Kind(NamedTuple):
    """What a picture shows of a record, if anything, and that in words."""

    data: Callable[[Record], Any]
    caption: Callable[[Any], Caption]


KINDS: Mapping[str, Kind] = {
    "tradeoff": Kind(tradeoff.spots, tradeoff.caption),
    "phases": Kind(starts.starts, starts.caption),
    "latency": Kind(distributions.distributions, distributions.caption),
    "bytes": Kind(stacks.stacks, stacks.caption),
}
NAMES = tuple(KINDS)


def caption(record: Record, name: str) -> Optional[Caption]:
    """One picture in words, without drawing it; None where the record has no data for it."""
    kind = KINDS[name]
    data = kind.data(record)
    return kind.caption(data) if data else None


def pictures(record: Record) -> tuple[Picture, ...]:
    """Those that the record has data for; the same record gives the same bytes."""
    from reports.pictures.drawing import drawn  # noqa: PLC0415 - matplotlib takes half a second

    found = ((kind, kind.data(record)) for kind in KINDS.values())
    return tuple(drawn(kind.caption(data), data) for kind, data in found if data)
