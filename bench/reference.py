"""The reference variant's answers, which all others are compared with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from bench import devices, rows
from bench.answers import Answers
from bench.collect import collect_answers
from bench.pictures import generated
from bench.record_types import Record
from bench.run import Run
from builders.errors import SessionFailed, SlimbenchError
from builders.prepare import Attempt, attempt

T = TypeVar("T")


def reference_answers(run: Run, record: Record, own: tuple[Path, ...] = ()) -> Attempt[Answers]:
    """Its answers to the generated pictures and to the user's own, or why there are none."""
    if run.known is None:
        return attempt(lambda: _collected(run, record, own))
    if isinstance(run.known, SlimbenchError) or own:
        return run.known
    generated_alone = len(run.known.pictures) - len(run.own_pictures)
    return replace(run.known, pictures=run.known.pictures[:generated_alone])


def usable(run: Run, reference: Attempt[T]) -> T:
    """The answers; raises SessionFailed when there are none to compare with."""
    if isinstance(reference, SlimbenchError):
        raise SessionFailed(
            f"there are no answers of {run.project.matrix.reference} to compare with ({reference})"
        )
    return reference


def _collected(run: Run, record: Record, own: tuple[Path, ...]) -> Answers:
    matrix = run.project.matrix
    row, variant = rows.row_of(record, matrix.reference), matrix.variant(matrix.reference)
    if row.build is None or row.status == "failed":
        raise SessionFailed(row.reason or "it has not been built", where=matrix.reference)
    return collect_answers(
        run.project.engine,
        rows.image_id(row),
        matrix.limits,
        generated(run.artefacts(variant)) + own,
        matrix.verification.top_k,
        computing=devices.asked(variant),
    )
