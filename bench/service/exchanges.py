"""What a load tool writes down: a line for each request and its answer, tab-separated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Exchange:
    """A request and its answer; `status` is 0 where none came, and `body` says why."""

    picture: int
    due_ns: int
    sent_ns: int
    answered_ns: int
    status: int
    body: str


@dataclass(frozen=True)
class Attack:
    """All exchanges of a load, by when they were due, and what the tool itself needed."""

    exchanges: tuple[Exchange, ...]
    cpu_ns: int
    elapsed_ns: int


def read_exchanges(lines: Iterator[str]) -> Iterator[Exchange]:
    """The exchanges that a tool wrote down; a last line that is cut off is passed over."""
    for line in lines:
        fields = line.rstrip("\n").split("\t", 5)
        if line.endswith("\n") and len(fields) == 6:
            picture, due_ns, sent_ns, answered_ns, status = map(int, fields[:5])
            yield Exchange(picture, due_ns, sent_ns, answered_ns, status, fields[5])
