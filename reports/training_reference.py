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
from reports.training_columns import COMPARED, CPU, MEAN, PEAK, RESIDENT, is_held_up

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
    """What a reader should know first."""
    reference, others = _measured(record)
    if reference is not None:
        yield from (_beside(reference, row) for row in others)
    yield from _held_up(record)


def _beside(reference: VariantRecord, row: VariantRecord) -> str:
    """How many times smaller it is, and what share of the reference variant's figures it takes."""
    shares = {
        "peak memory": _ratio(PEAK, reference, row),
        "mean memory": _ratio(MEAN, reference, row),
        "CPU time": _ratio(CPU, reference, row),
    }
    takes = ", ".join(f"{_percent(one)} % of its {what}" for what, one in shares.items() if one)
    size = _ratio(SIZE, reference, row)
    smaller = f"is {_times(1 / size)} times smaller than {code(reference.name)}" if size else ""
    told = " and ".join(filter(None, (smaller, takes and f"takes {takes}")))
    return f"{code(row.name)} {told}, to the same weights."


def _held_up(record: Record) -> Iterator[str]:
    """What readers must know of running times that were taken on a busy machine."""
    runs = [run for row in record.variants if row.status != "failed" for run in row.training]
    waited = sum(map(is_held_up, runs))
    if waited:
        yield (
            f"{waited} of {len(runs)} trainings waited for the CPU or the disk for more than a"
            " fifth of their running time: running times of this run say more of the machine than"
            " of the images, CPU times are little moved by it."
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
    """The reference variant and the others, of those that trained to the same weights."""
    rows = {row.name: row for row in record.variants if row.image and row.status == "measured"}
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
