"""Every pair of variants in one table a metric: how many times as long, and whether that counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Optional

import pandas as pd

from bench.comparability import RUN
from bench.comparison import Comparison
from bench.record_types import Record, VariantRecord
from reports.column import Column
from reports.formats import between, decimals
from reports.markup import MISSING, bullets, code, escape, sentence, table
from reports.verdicts import Verdicts

TOO_FEW = "too few samples"
NOT_COMPARED = "not compared"


def times(ratio: float) -> str:
    """A ratio, to a tenth of a per cent near 1."""
    return decimals(3 if ratio < 2 else 2)(ratio)


_ends = between(times)


def compared(record: Record, column: Column) -> Sequence[VariantRecord]:
    """The variants that were measured in this metric."""
    return [row for row in record.variants if column.samples(row)]


def matrix(record: Record, column: Column, verdicts: Verdicts) -> str:
    """A row a variant, a column for each before it; empty text where nobody was measured."""
    rows = compared(record, column)
    if len(rows) < 2:
        return ""
    names = [code(row.name) for row in rows]
    body = (
        [names[place], *(cell(column, other, row, verdicts) for other in rows[:place])]
        for place, row in enumerate(rows)
    )
    lines = [[*cells, *[""] * (len(rows) - len(cells))] for cells in body][1:]
    return table(["", *names[:-1]], lines, ["left"] * len(rows))


def cell(
    column: Column, baseline: VariantRecord, candidate: VariantRecord, verdicts: Verdicts
) -> str:
    """The row's variant, the candidate, against the column's."""
    if verdicts.differing(baseline.name, candidate.name):
        return NOT_COMPARED
    return told(verdicts.of(column, baseline.name, candidate.name))


def told(found: Optional[Comparison]) -> str:
    """A comparison in one cell: verdict, ratio, interval."""
    if found is None:
        return MISSING
    if found.verdict is None:
        return TOO_FEW
    word = found.verdict if found.verdict == "same" else f"**{found.verdict}**"
    ends = f" ({_ends(found.interval)})" if found.interval else ""
    return f"{word} {times(found.ratio)}{ends}"


def against_itself(record: Record, column: Column, verdicts: Verdicts) -> str:
    """What the reference measured twice shows of the noise, in a sentence or two."""
    floor, reference = verdicts.floors[column.key], code(record.reference)
    if record.again is None:
        return (
            f"{reference} wasn't measured against itself (`--aa` does that): only the test decides"
            " what is the same."
        )
    if record.again.status == "failed":
        return f"Measuring {reference} a second time failed: {sentence(record.again.reason)}"
    if floor is None:
        return f"{reference} was measured against itself, but not often enough to show the noise."
    return (
        f"The {column.heading} of {reference} against its own: {times(floor.ratio)}"
        f" ({_ends(floor.interval)}). So what differs by {(floor.floor - 1) * 100:.1f} % or less"
        " is called the same."
    )


def not_compared(verdicts: Verdicts) -> str:
    """Which pairs have no verdict since their conditions differ, and which conditions.

    Pairs of different runs are told together, by `reports.parts`.
    """
    return bullets(
        f"{code(one)} and {code(other)} aren't compared: "
        + "; ".join(
            f"{condition.name} {escape(condition.baseline)} and {escape(condition.candidate)}"
            for condition in conditions
        )
        + "."
        for (one, other), conditions in verdicts.apart.items()
        if all(condition.name != RUN for condition in conditions)
    )


def pairs_frame(verdicts: Verdicts) -> pd.DataFrame:
    """One row a metric and a pair, both ways round; the interval as `low` and `high`."""
    return pd.DataFrame(list(_records(verdicts)))


def _records(verdicts: Verdicts) -> Iterator[dict[str, object]]:
    for pairs in verdicts.by_column.values():
        for found in pairs.values():
            low, high = found.interval or (None, None)
            yield {**found.model_dump(exclude={"interval"}), "low": low, "high": high}
