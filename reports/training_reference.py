"""The variants beside the one that all are compared with, and the reference system's figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional

from bench.record_types import Record, VariantRecord
from reports.column import Column
from reports.formats import decimals
from reports.image_columns import SIZE
from reports.judgement import number
from reports.markup import MISSING, code, table
from reports.training_columns import COMPARED, MEAN, PEAK, RESIDENT, RUNNING

# Of its slim image beside its bulky one. Which memory "a third" is of isn't told.
PUBLISHED: Mapping[Column, str] = {
    SIZE: "10 times smaller",
    PEAK: "a third",
    MEAN: "a third",
    RESIDENT: "a third",
}
BULKY = "train-bulky"  # stands for the reference system's bulky image, and no other variant does
_times, _percent = decimals(2), decimals(1, 0.01)


def conclusions(record: Record) -> Iterator[str]:
    """A sentence a variant: how many times smaller than the reference one, and what it takes."""
    reference, others = _measured(record)
    if reference is None:
        return
    for row in others:
        size = _ratio(SIZE, reference, row)
        shares = {
            "of its peak memory": _ratio(PEAK, reference, row),
            "of its mean memory": _ratio(MEAN, reference, row),
            "of its running time": _ratio(RUNNING, reference, row),
        }
        takes = [f"{_percent(share)} % {what}" for what, share in shares.items() if share]
        if size and takes:
            yield (
                f"{code(row.name)} is {_times(1 / size)} times smaller than"
                f" {code(reference.name)} and takes {', '.join(takes)}, to the same weights."
            )


def beside(record: Record) -> str:
    """A row a figure: published, the reference variant's own, and the others as parts of it.

    Empty for a matrix whose variants aren't those that stand for the reference system's.
    """
    bulky, others = _measured(record)
    if bulky is None or bulky.name != BULKY or not others:
        return ""
    lines = [
        [
            column.title,
            PUBLISHED.get(column, MISSING),
            column.text(column.value(bulky)),
            *(_part(column, bulky, row) for row in others),
        ]
        for column in COMPARED
    ]
    names = [code(row.name) for row in (bulky, *others)]
    headings = ["figure", "published: slim of bulky", *names]
    return table(headings, lines, ["left", "left", *["right"] * len(names)])


def _measured(record: Record) -> tuple[Optional[VariantRecord], list[VariantRecord]]:
    """The reference variant and the others, those that failed or weren't inspected left out."""
    rows = {row.name: row for row in record.variants if row.image and row.status != "failed"}
    reference = rows.pop(record.reference, None)
    return reference, list(rows.values())


def _ratio(column: Column, reference: VariantRecord, row: VariantRecord) -> Optional[float]:
    before, after = number(column, reference), number(column, row)
    return after / before if before and after else None


def _part(column: Column, bulky: VariantRecord, row: VariantRecord) -> str:
    """The value, and which share of the reference variant's it is; of a size how many times."""
    shown, ratio = column.text(column.value(row)), _ratio(column, bulky, row)
    if ratio is None:
        return shown
    is_size = column.part == "image"
    told = f"{_times(1 / ratio)} times smaller" if is_size else f"{_percent(ratio)} %"
    return f"{shown} ({told})"
