"""The phases of a cold start on one line, as finely as they are known."""

from __future__ import annotations

from itertools import product

from bench.record_types import Record, VariantRecord
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

_FINENESS = (
    (CREATE, ENGINE_START, INTERPRETER),
    (ENGINE, INTERPRETER),
    (CREATE, ENGINE_START),  # a service of the user's own is launched when its process begins
    (ENGINE,),
    (LAUNCH,),
)
_INSIDE = ((IMPORTS, MODEL_LOAD), (READY,), ())


def phases(variant: VariantRecord) -> tuple[Column, ...]:
    """Contiguous phases of one variant's cold start, as finely as it knows all; none unmeasured."""
    for launch, inside in product(_FINENESS, _INSIDE):
        chosen = (*launch, *inside, FIRST_ANSWER)
        if all(column.value(variant) is not None for column in chosen):
            return chosen
    return ()


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
