"""A record as pandas data frames, and the tables that are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Optional

import pandas as pd

from bench.record_types import Record, VariantRecord
from reports.column import Column, Value
from reports.columns import OPTIONAL, every
from reports.judgement import best
from reports.markup import code, table
from reports.verdicts import Verdicts


def frame(record: Record, columns: Optional[Sequence[Column]] = None) -> pd.DataFrame:
    """One row a variant, one column a metric; all of them unless some are named.

    Values are in the units of the columns' keys, in the record's order; None where unknown.
    """
    chosen = every(record.conditions.seed) if columns is None else columns
    rows = [[column.value(variant) for column in chosen] for variant in record.variants]
    index = pd.Index([variant.name for variant in record.variants], name="variant")
    # dtype object: otherwise a missing count would make floats of its whole column
    return pd.DataFrame(rows, index=index, columns=[column.key for column in chosen], dtype=object)


def comparison(record: Record, columns: Sequence[Column], verdicts: Verdicts) -> str:
    """The columns of all variants as a Markdown table, the best of each column in bold."""
    texts = frame(record, columns)
    for column in columns:
        bold = best(column, record.variants, verdicts)
        texts[column.key] = _cells(column, texts[column.key], record.variants, bold)
    return table(
        ["variant", *(column.title for column in columns)],
        ([code(name), *row] for name, *row in texts.itertuples(name=None)),
        ["left", *(column.align for column in columns)],
    )


def _cells(
    column: Column,
    values: Iterable[Value],
    variants: Sequence[VariantRecord],
    bold: frozenset[str],
) -> list[str]:
    """One column's values as Markdown."""
    texts = (column.text(value) for value in values)
    return [
        f"**{text}**" if variant.name in bold else text
        for variant, text in zip(variants, texts)  # both have one entry a variant
    ]


def known(record: Record, columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns without those that may be missing as a whole, and are."""
    return tuple(
        column
        for column in columns
        if column not in OPTIONAL or any(column.value(row) is not None for row in record.variants)
    )


def turned(record: Record, columns: Sequence[Column], heading: str) -> str:
    """The same the other way round: one row a column, all in the unit that `heading` names."""
    rows = (
        [column.heading, *(column.text(column.value(variant)) for variant in record.variants)]
        for column in columns
    )
    names = (code(variant.name) for variant in record.variants)
    return table([heading, *names], rows, ["left", *["right"] * len(record.variants)])
