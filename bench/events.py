"""A session's events as checked values; the names are those of `inference.protocol`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Optional, Union

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError

from bench.answers import RankedClass

RequestId = Union[int, str, None]


class _Event(BaseModel):
    """Keys that a later version adds are passed over; `t_ns` is the container's monotonic clock."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    t_ns: int


class Started(_Event):
    """The entry point's first statement; `protocol` is the version it speaks."""

    event: Literal["started"]
    protocol: int


class Imported(_Event):
    """The runtime, Pillow and NumPy are imported."""

    event: Literal["imported"]
    versions: Mapping[str, str]


class Ready(_Event):
    """The model is loaded, and its runtime says what it uses.

    Attributes:
        device: what it computes on; the images of before could use the CPU alone.
        fallback: why that is the CPU though a GPU was asked for; else empty.
    """

    event: Literal["ready"]
    threads: int
    device: Literal["cpu", "cuda"] = "cpu"
    fallback: str = ""


class Elapsed(BaseModel):
    """Service time inside the container."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    total: int


class Result(_Event):
    """One picture's answer; `probs` holds every class's probability where it was asked for."""

    event: Literal["result"]
    id: RequestId
    elapsed_ns: Elapsed
    top: tuple[RankedClass, ...]
    probs: tuple[float, ...] = ()


class BatchResult(_Event):
    """The answers of pictures that went through the model together, in their order."""

    event: Literal["batch"]
    id: RequestId
    elapsed_ns: Elapsed
    tops: tuple[tuple[RankedClass, ...], ...]


class Description(_Event):
    """The interpreter and what is installed for it; `build_flags` is empty where nothing tells."""

    event: Literal["description"]
    id: RequestId
    python: str
    compiler: str
    build_flags: str
    packages: Mapping[str, str]


class Stats(_Event):
    """What the process has used so far."""

    event: Literal["stats"]
    id: RequestId
    peak_rss_bytes: int
    cpu_ns: int


class Epoch(_Event):
    """One more time through all that is trained on; the mean loss of its batches."""

    event: Literal["epoch"]
    epoch: int
    loss: FiniteFloat


class Trained(_Event):
    """A training is over; `accuracy` is the share of other points that it gets right."""

    event: Literal["trained"]
    seed: int
    epochs: int
    threads: int
    accuracy: FiniteFloat
    weights: Mapping[str, FiniteFloat]
    peak_rss_bytes: int
    cpu_ns: int


class Error(_Event):
    """A request that couldn't be answered, or, without an id, a model that can't be used."""

    event: Literal["error"]
    id: RequestId
    code: str
    message: str


class Bye(_Event):
    """The last one."""

    event: Literal["bye"]


Event = Union[
    Started,
    Imported,
    Ready,
    Result,
    BatchResult,
    Description,
    Stats,
    Epoch,
    Trained,
    Error,
    Bye,
]
_EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


def parse_event(line: str) -> Optional[Event]:
    """The event on one line; None where the line is none of the protocol's."""
    try:
        return _EVENTS.validate_json(line)
    except ValidationError:
        return None
