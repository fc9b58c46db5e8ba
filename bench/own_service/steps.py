"""Steps for a service of the user's own: its answers checked, then starts and requests measured."""

from __future__ import annotations

from functools import lru_cache
from typing import Optional

from bench import rows
from bench.measuring import Place, Taker, measure
from bench.own_service.asking import Right
from bench.own_service.conditions import needs_reference
from bench.own_service.judging import Given, Judgement, judge
from bench.own_service.kinds import Kind, kind_of
from bench.record_types import AnswerComparison, Record, VariantRecord, Verification
from bench.reference import usable
from bench.row_changes import change_each, share
from bench.run import Run
from bench.sample_types import Sample
from bench.service.measured_service import empty_as_asked
from builders.errors import SessionFailed, WrongAnswer
from builders.matrix import Variant
from builders.prepare import Attempt, attempt


def verify_own(run: Run, record: Record) -> Record:
    """Ask a fresh container of every variant once; the reference's answer may be the measure."""
    kind = kind_of(run)
    reference = _reference(run, record, kind)

    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        run.project.say(f"verify {variant.name}", share(run, variant))
        if variant.name == run.project.matrix.reference:
            found = judge(_given(reference), kind.expected, None)
        else:
            measure_of_all = _needed(run, kind, reference)
            found = judge(kind.once(rows.image_id(row)), kind.expected, measure_of_all)
        return rows.judged(row, _verification(run, kind, found))

    return change_each(run, record, "verify", one)


def measure_own(run: Run, record: Record) -> Record:
    """Take the samples in rounds, as `bench.measuring.measure` does; every answer is checked."""
    return measure(run, record, _taker)


def _taker(run: Run, record: Record) -> Taker:
    kind = kind_of(run)
    reference = lru_cache(1)(lambda: _reference(run, record, kind))

    def take(_variant: Variant, row: VariantRecord, place: Place) -> Sample:
        wanted = _needed(run, kind, reference()) if needs_reference(kind.expected) else None
        empty_as_asked(run)
        return kind.sample(rows.image_id(row), Right(kind.expected, wanted), place)

    return take


def _reference(run: Run, record: Record, kind: Kind) -> Attempt[Given]:
    """The reference's answer, or why there is none that others could be held to."""

    def ask() -> Given:
        row = rows.row_of(record, run.project.matrix.reference)
        if row.build is None or row.status == "failed":
            raise SessionFailed(row.reason or "it has not been built", where=row.name)
        return kind.once(rows.image_id(row))

    return attempt(ask)


def _given(reference: Attempt[Given]) -> Given:
    if isinstance(reference, Given):
        return reference
    raise reference


def _needed(run: Run, kind: Kind, reference: Attempt[Given]) -> Optional[Given]:
    """The reference's answer where others are held to it.

    Raises:
        SessionFailed: they are, and there is no right one.
    """
    if not needs_reference(kind.expected):
        return None
    found = usable(run, reference)
    wrong = judge(found, kind.expected, None).reason
    return usable(run, WrongAnswer(wrong)) if wrong else found


def _verification(run: Run, kind: Kind, found: Judgement) -> Verification:
    compared = AnswerComparison(
        request=kind.name, compared=found.compared, max_abs_diff=found.max_abs_diff
    )
    return Verification(
        reference=run.project.matrix.reference,
        tolerance=kind.expected.tolerance,
        answers=(compared,),
        outputs_match=not found.reason,
        reason=found.reason,
    )
