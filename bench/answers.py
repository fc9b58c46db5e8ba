"""What an image answered, picture by picture; filled by `bench.collect`, judged elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.scenario_types import Interpreter


@dataclass(frozen=True)
class RankedClass:
    """One line of an answer: rank 1 is the most probable class."""

    rank: int
    class_id: int
    label: str
    prob: float


@dataclass(frozen=True)
class Answer:
    """What an image answered for one picture.

    Attributes:
        picture: the file's path as the host knows it.
        top: the most probable classes, best first.
        probs: every class's probability, indexed by class id.
    """

    picture: str
    top: tuple[RankedClass, ...]
    probs: tuple[float, ...]


@dataclass(frozen=True)
class Answers:
    """One image's answers in the order of the pictures, and what it said of itself.

    Attributes:
        device: what it computed on; None where it didn't tell.
        fallback: why that was the CPU though a GPU was asked for; else empty.
    """

    pictures: tuple[Answer, ...]
    runtime_versions: Mapping[str, str] = field(default_factory=dict)
    runtime_threads: int | None = None
    device: str | None = None
    fallback: str = ""
    interpreter: Interpreter | None = None
