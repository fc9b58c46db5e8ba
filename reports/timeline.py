"""The phases of a cold start on one line, as finely as they are known."""

from __future__ import annotations

from bench.record_types import Record
from reports.column import Column
from reports.start_columns import (
    COLD_START,
    CREATE,
    ENGINE,
    ENGINE_START,
    FIRST_ANSWER,
    IMPORTS,
    INTERPRETER,
    LAUNCH,
    MODEL_LOAD,
    READY,
    STOP,
)


def timeline(record: Record) -> tuple[Column, ...]:
    """Contiguous phases, the whole, and what comes after it.

    The launch is shown in parts where any variant knows them, and whole where any doesn't.
    """
    whole = () if _all_know(record, ENGINE) else (LAUNCH,)
    fine = any(ENGINE_START.value(row) is not None for row in record.variants)
    split = any(ENGINE.value(row) is not None for row in record.variants)
    engine = (CREATE, ENGINE_START) if fine else (ENGINE,)
    parts = (*engine, INTERPRETER) if split else ()
    inside = (IMPORTS, MODEL_LOAD) if record.asked is None else (READY,)
    return (*whole, *parts, *inside, FIRST_ANSWER, COLD_START, STOP)


def _all_know(record: Record, column: Column) -> bool:
    measured = [row for row in record.variants if LAUNCH.value(row) is not None]
    return bool(measured) and all(column.value(row) is not None for row in measured)
