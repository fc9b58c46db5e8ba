"""The comparison for spreadsheets: a row a variant, raw numbers in the units that the header names.

Lines end as RFC 4180 has it. Text that a spreadsheet would take for a formula gets an apostrophe in
front, since names come out of someone's image.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence

from bench.record_types import Record
from reports import service_columns, training_columns
from reports.column import Column, Value
from reports.columns import STATUS, every
from reports.editions import is_comparison
from reports.frame import frame, known
from reports.markup import one_line

_FORMULA = ("=", "+", "-", "@")


def render(record: Record) -> str:
    """The text, in the record's order; an unknown value is an empty cell."""
    columns = known(record, _columns(record))
    found = frame(record, columns)
    series = [("variant", [_cell(name) for name in found.index])]
    for column in columns:
        series += _series(column.key, tuple(found[column.key]))
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow([heading for heading, _ in series])
    rows.writerows(zip(*(cells for _, cells in series)))
    return written.getvalue()


def _columns(record: Record) -> Sequence[Column]:
    if is_comparison(record):
        return every(record.conditions.seed)
    of_workload = {
        "serve": (*service_columns.OVERVIEW, *service_columns.JSON),
        "train": (STATUS, *training_columns.OVERVIEW, *training_columns.OF_TRAININGS),
    }
    return tuple(dict.fromkeys(of_workload[record.workload]))


def _series(key: str, values: Sequence[Value]) -> Iterator[tuple[str, list[str]]]:
    """A metric's heading and cells; an interval is two of them."""
    if not any(_is_interval(value) for value in values):
        yield key, [_cell(value) for value in values]
        return
    for place, end in enumerate(("low", "high")):
        ends = (value[place] if isinstance(value, tuple) else None for value in values)
        yield f"{key}_{end}", [_cell(one) for one in ends]


def _is_interval(value: Value) -> bool:
    return isinstance(value, tuple) and any(isinstance(end, float) for end in value)


def _cell(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # Nine digits are more than clocks resolve, and the same with every NumPy.
        return f"{value:.9g}" if math.isfinite(value) else ""
    text = one_line("; ".join(map(str, value)) if isinstance(value, tuple) else value or "")
    return f"'{text}" if text.startswith(_FORMULA) else text
