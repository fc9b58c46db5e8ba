"""What each decision bought: every variant against the one that it changes in one thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from bench.record_types import Record, VariantRecord
from reports.column import Column
from reports.columns import LADDER
from reports.judgement import gain
from reports.markup import MISSING, code, escape, table
from reports.pairs import NOT_COMPARED, TOO_FEW
from reports.verdicts import Verdicts

_WORDS = ("from", "to", "what changed")
HEADINGS = (*_WORDS, *(f"{one.heading} saved, {one.unit} (ratio)" for one in LADDER))
ALIGN = ("left",) * len(_WORDS) + ("right",) * len(LADDER)


def ladder(record: Record, verdicts: Verdicts) -> str:
    """A Markdown table with one row a rung; `same` where the difference may be noise."""
    return table(HEADINGS, steps(record, verdicts).values(), ALIGN)


def steps(record: Record, verdicts: Verdicts) -> dict[str, list[str]]:
    """The cells of each rung's row, by the name of the variant that it leads to."""
    return {
        variant.name: list(_cells(record, variant, verdicts))
        for variant in record.variants
        if variant.after is not None
    }


def _cells(record: Record, variant: VariantRecord, verdicts: Verdicts) -> Iterator[str]:
    by_name = {row.name: row for row in record.variants}
    before = by_name.get(variant.after or "")  # None when only some variants were run
    yield code(variant.after or "")
    yield code(variant.name) + (" (failed)" if variant.status == "failed" else "")
    yield escape(variant.changed)
    for column in LADDER:
        yield _cell(column, before, variant, verdicts)


def _cell(
    column: Column, before: Optional[VariantRecord], after: VariantRecord, verdicts: Verdicts
) -> str:
    if before is None:
        return MISSING
    if column.spread is not None and verdicts.differing(before.name, after.name):
        return NOT_COMPARED
    bought = gain(column, before, after, verdicts)
    if bought is None:
        return MISSING
    if bought.same is None:
        return TOO_FEW
    if bought.same:
        return "same"
    ratio = f" ({bought.ratio:,.2f}×)" if bought.ratio is not None else ""  # noqa: RUF001
    return column.text(bought.saved) + ratio
