"""What an engine told while it pulled, as times: pure.

Layers are downloaded three at a time and unpacked one after the other, lowest first, so that the
two overlap. An engine may tell less: then a time is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from builders.errors import EngineError
from builders.image_exchange import PullEvent

ANNOUNCED = "Pulling fs layer"
DOWNLOADED = "Download complete"
UNPACKING = "Extracting"
UNPACKED = "Pull complete"
HELD = "Already exists"


@dataclass(frozen=True)
class PullTimes:
    """What the events tell.

    Attributes:
        download_ns: first layer announced to last download complete.
        unpack_ns: of each layer, first `Extracting` to `Pull complete`, by its event id.
    """

    download_ns: Optional[int]
    unpack_ns: Mapping[str, int]


def pull_times(events: Sequence[PullEvent], layers: Iterable[str]) -> PullTimes:
    """The times of a pull of these layers, by their event ids.

    Raises:
        EngineError: a layer was there already, so that it wasn't pulled.
    """
    wanted = set(layers)
    told = [event for event in events if event.layer in wanted]
    if any(event.status == HELD for event in told):
        raise EngineError("the engine held a layer already, so that this is no pull")
    announced = [event.received_ns for event in told if event.status == ANNOUNCED]
    downloaded = {event.layer: event.received_ns for event in told if event.status == DOWNLOADED}
    whole = announced and set(downloaded) == wanted
    return PullTimes(
        download_ns=max(downloaded.values()) - min(announced) if whole else None,
        unpack_ns=_unpacking(told),
    )


def _unpacking(told: Sequence[PullEvent]) -> dict[str, int]:
    """A layer that stands twice in an image is unpacked twice: the sum."""
    began: dict[str, int] = {}
    taken: dict[str, int] = {}
    for event in told:
        if event.status == UNPACKING:
            began.setdefault(event.layer, event.received_ns)
        elif event.status == UNPACKED and event.layer in began:
            span_ns = event.received_ns - began.pop(event.layer)
            taken[event.layer] = taken.get(event.layer, 0) + span_ns
    return taken
