"""The cold start of each variant as phases, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.record_types import Record, VariantRecord
from reports.judgement import number
from reports.markup import one_line
from reports.pictures.picture import Caption
from reports.start_columns import COLD_START
from reports.timeline import phases


@dataclass(frozen=True)
class Phase:
    """One of a start; it begins where the one before ends."""

    name: str
    begin_ms: float
    duration_ms: float

    @property
    def end_ms(self) -> float:
        """Where the next one begins."""
        return self.begin_ms + self.duration_ms


@dataclass(frozen=True)
class Start:
    """One variant's phases, medians each, and the median of its whole starts."""

    variant: str
    phases: tuple[Phase, ...]
    total_ms: float

    @property
    def longest(self) -> Phase:
        """The phase that takes most."""
        return max(self.phases, key=lambda phase: phase.duration_ms)


def starts(record: Record) -> tuple[Start, ...]:
    """The measured variants in the record's order."""
    return tuple(
        Start(row.name, tuple(_phases(row)), number(COLD_START, row) or 0.0)
        for row in record.variants
        if phases(row)
    )


def _phases(row: VariantRecord) -> Iterator[Phase]:
    begin_ms = 0.0
    for column in phases(row):
        duration_ms = number(column, row) or 0.0
        yield Phase(column.heading, begin_ms, duration_ms)
        begin_ms += duration_ms


def caption(found: tuple[Start, ...]) -> Caption:
    """What the picture of them shows."""
    text = (
        "Waterfalls, one a variant, of the phases from the create call to the first right answer,"
        f" medians in ms: {'; '.join(map(_told, found))}."
    )
    return Caption("phases", "Cold start by phase", one_line(text))


def _told(one: Start) -> str:
    longest, show = one.longest, COLD_START.show
    return (
        f"{one.variant} {show(one.total_ms)}, the most of it"
        f" {longest.name} {show(longest.duration_ms)}"
    )
