"""A step done for each variant: what fails becomes its row's reason, and the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench import rows
from bench.record_types import Record, VariantRecord
from bench.run import Run
from builders.errors import SlimbenchError
from builders.matrix import Variant
from builders.prepare import attempt

RowChange = Callable[[Variant, VariantRecord], VariantRecord]


def change_each(run: Run, record: Record, step: str, change: RowChange) -> Record:
    """Change the row of every selected variant that hasn't failed, and save after each."""
    for name in run.names:
        record = change_one(run, record, step, name, change)
        run.save(record)
    return record


def change_one(run: Run, record: Record, step: str, name: str, change: RowChange) -> Record:
    """Change one row, unless it has failed; `name` may be the reference's second one.

    Raises:
        EngineUnavailable: the engine is lost.
    """
    row = rows.row_of(record, name)
    if row.status == "failed":
        return record
    again = rows.again_name(record.reference)
    variant = run.project.matrix.variant(record.reference if name == again else name)
    changed = attempt(lambda: change(variant, row))
    if isinstance(changed, SlimbenchError):
        return rows.with_row(record, rows.failed(row, step, changed))
    return rows.with_row(record, changed)


def going(run: Run, record: Record) -> Iterator[VariantRecord]:
    """The selected variants that haven't failed."""
    found = (rows.row_of(record, name) for name in run.names)
    return (row for row in found if row.status != "failed")


def share(run: Run, variant: Variant) -> float:
    """Which part of the selected variants comes before this one."""
    return run.names.index(variant.name) / len(run.names)
