"""Where the bytes of each image are, as stacks of categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from bench.record_types import Record, VariantRecord
from reports.column import Column
from reports.image_columns import SIZE
from reports.judgement import number
from reports.markup import one_line
from reports.pictures.picture import Caption
from reports.where import categories

SHOWN = 6  # categories with a colour of their own
REST = "everything else"


@dataclass(frozen=True)
class Stack:
    """One image: its parts sum to its size.

    Attributes:
        variant: its name.
        parts_bytes: one figure for each label of `Stacks`.
        size_bytes: the whole.
    """

    variant: str
    parts_bytes: tuple[float, ...]
    size_bytes: float


@dataclass(frozen=True)
class Stacks:
    """All images; `labels` are the categories with the most bytes, and what is left."""

    labels: tuple[str, ...]
    each: tuple[Stack, ...]


def stacks(record: Record) -> Optional[Stacks]:
    """The inspected variants in the record's order; None without any."""
    chosen = categories(record)[:SHOWN]
    rows = [row for row in record.variants if row.image is not None]
    if not rows:
        return None
    labels = (*(column.heading for column in chosen), REST)
    return Stacks(labels, tuple(_stack(row, chosen) for row in rows))


def _stack(row: VariantRecord, chosen: Sequence[Column]) -> Stack:
    size_bytes = number(SIZE, row) or 0.0
    parts = tuple(number(column, row) or 0.0 for column in chosen)
    return Stack(row.name, (*parts, size_bytes - sum(parts)), size_bytes)


def caption(found: Stacks) -> Caption:
    """What the picture of them shows."""
    told = "; ".join(_told(found.labels, one) for one in found.each)
    text = (
        "Horizontal bars, one a variant, of the uncompressed image by category, in MB and as shares"
        f" of the image: {told}."
    )
    return Caption("bytes", "Where the bytes are", one_line(text))


def _told(labels: Sequence[str], one: Stack) -> str:
    largest = max(range(len(labels)), key=lambda place: one.parts_bytes[place])
    most = SIZE.show(one.parts_bytes[largest])
    return f"{one.variant} {SIZE.show(one.size_bytes)} MB, the most of it {labels[largest]} {most}"
