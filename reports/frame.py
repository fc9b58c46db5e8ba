"""A record as a pandas data frame: one row a variant, one column a metric."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bench.record_types import Record, VariantRecord
from reports.column import Column
from reports.columns import ALL
from reports.judgement import best
from reports.markup import code, table


def frame(record: Record, columns: Sequence[Column] = ALL) -> pd.DataFrame:
    """Values in the units of the columns' keys, in the record's order; None where unknown."""
    rows = [[column.value(variant) for column in columns] for variant in record.variants]
    index = pd.Index([variant.name for variant in record.variants], name="variant")
    # dtype object: otherwise a missing count would make floats of its whole column
    return pd.DataFrame(rows, index=index, columns=[column.key for column in columns], dtype=object)


def comparison(record: Record, columns: Sequence[Column]) -> str:
    """The columns of all variants as a Markdown table, the best of each column in bold."""
    texts = frame(record, columns)
    for column in columns:
        texts[column.key] = _cells(column, texts[column.key], record.variants)
    return table(
        ["variant", *(column.title for column in columns)],
        ([code(name), *row] for name, *row in texts.itertuples(name=None)),
        ["left", *(column.align for column in columns)],
    )


def _cells(column: Column, values: pd.Series, variants: Sequence[VariantRecord]) -> list[str]:
    """One column's values as Markdown."""
    bold = best(column, variants)
    texts = (column.text(value) for value in values)
    return [
        f"**{text}**" if variant.name in bold else text
        for variant, text in zip(variants, texts)  # both have one entry a variant
    ]


def turned(record: Record, columns: Sequence[Column], heading: str) -> str:
    """The same the other way round: one row a column, all in the unit that `heading` names."""
    rows = (
        [column.heading, *(column.text(column.value(variant)) for variant in record.variants)]
        for column in columns
    )
    names = (code(variant.name) for variant in record.variants)
    return table([heading, *names], rows, ["left", *["right"] * len(record.variants)])
