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


def ladder(record: Record, verdicts: Verdicts) -> str:
    """A Markdown table with one row a rung; `same` where the difference may be noise."""
    words = ["from", "to", "what changed"]
    return table(
        [*words, *(_title(column) for column in LADDER)],
        _rows(record, verdicts),
        ["left"] * len(words) + ["right"] * len(LADDER),
    )


def _title(column: Column) -> str:
    return f"{column.heading} saved, {column.unit} (ratio)"


def _rows(record: Record, verdicts: Verdicts) -> Iterator[list[str]]:
    by_name = {variant.name: variant for variant in record.variants}
    for variant in record.variants:
        if variant.after is not None:
            before = by_name.get(variant.after)  # None when only some variants were run
            to = code(variant.name) + (" (failed)" if variant.status == "failed" else "")
            words = [code(variant.after), to, escape(variant.changed)]
            yield [*words, *(_cell(column, before, variant, verdicts) for column in LADDER)]


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
