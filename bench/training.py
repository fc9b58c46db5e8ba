"""Steps of the workload `train`: the same weights in the end, then what it takes to get there."""

from __future__ import annotations

import time
from collections.abc import Mapping

from bench import rows
from bench.disturbance import read_machine
from bench.page_cache import empty_page_cache
from bench.record_types import Record, VariantRecord
from bench.resuming import require_images
from bench.rounds import rounds
from bench.row_changes import RowChange, change_each, change_one, going, share
from bench.run import Run, conditions, now
from bench.training_run import TrainingLaunch, take_training
from bench.training_types import TrainingRun, WeightsComparison
from bench.training_weights import compare_weights, differences
from builders.errors import ConfigurationError, SessionFailed, SlimbenchError, WrongAnswer
from builders.matrix import Variant
from builders.prepare import Attempt, attempt

VERIFIED_IN = (0, 0)  # a training that isn't measured has no place in the rounds


def verify_weights(run: Run, record: Record) -> Record:
    """Train every variant once and compare its weights in the end with the reference's.

    The reference is trained once more than the others: one that doesn't repeat itself fails.
    """
    run.project.say(f"train {record.reference} for the weights of the others")
    expected = attempt(lambda: _reference_weights(run, record))

    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        run.project.say(f"verify {variant.name}: train it once", share(run, variant))
        weights = _usable(run, expected)
        tolerance = _tolerance(run, variant)
        taken = take_training(run.project.engine, _launch(run, row), VERIFIED_IN)
        found = compare_weights(record.reference, weights, taken.weights, tolerance)
        return _verified(row, found, taken)

    return change_each(run, record, "verify", one)


def measure_training(run: Run, record: Record) -> Record:
    """Train every variant in each round, interleaved; the record is saved after each training.

    Raises:
        ConfigurationError: the run was to go on, and an image isn't the one that was measured.
        EngineUnavailable: the engine is lost.
    """
    record = _begun(run, record)
    run.save(record)
    count, began_s = run.settings.training.rounds, time.monotonic() - record.measured_s
    for number, order in enumerate(rounds(record.sampled, count, run.settings.seed)):
        for position, name in enumerate(order):
            if any(taken.round == number for taken in rows.row_of(record, name).training):
                continue
            done = (number + position / len(order)) / count
            run.project.say(f"train, round {number + 1} of {count}: {name}", done)
            record = change_one(run, record, "measure", name, _taker(run, (number, position)))
            record = record.model_copy(update={"measured_s": time.monotonic() - began_s})
            run.save(record)
    return _ended(record)


def _begun(run: Run, record: Record) -> Record:
    """The record to go on with, or one without trainings whose rounds now begin."""
    if run.resume and record.sampled:
        require_images(run.project.engine, record)
        return record
    begun = {
        "started_at": now(),
        "conditions": conditions(run),
        "sampled": tuple(row.name for row in going(run, record)),
        "load1": read_machine(run.project.matrix.limits.cpu_set).load1 if run.one_kernel else None,
    }
    return rows.without_samples(record).model_copy(update=begun)


def _ended(record: Record) -> Record:
    for name in record.sampled:
        record = rows.with_row(record, rows.measured(rows.row_of(record, name)))
    return record


def _taker(run: Run, place: tuple[int, int]) -> RowChange:
    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        if run.settings.page_cache == "cold":
            empty_page_cache(run.one_kernel)
        taken = take_training(run.project.engine, _launch(run, row), place)
        expected = row.weights.expected if row.weights else {}
        for difference in differences(expected, taken.weights, _tolerance(run, variant)):
            raise WrongAnswer(f"a training that was measured ended otherwise: {difference}")
        return row.model_copy(update={"training": (*row.training, taken)})

    return one


def _launch(run: Run, row: VariantRecord) -> TrainingLaunch:
    limits, settings = run.project.matrix.limits, run.settings.training
    return TrainingLaunch(rows.image_id(row), limits, settings, run.one_kernel)


def _reference_weights(run: Run, record: Record) -> Mapping[str, float]:
    row = rows.row_of(record, record.reference)
    if row.build is None or row.status == "failed":
        raise SessionFailed(row.reason or "it has not been built", where=row.name)
    return take_training(run.project.engine, _launch(run, row), VERIFIED_IN).weights


def _usable(run: Run, weights: Attempt[Mapping[str, float]]) -> Mapping[str, float]:
    if isinstance(weights, SlimbenchError):
        reference = run.project.matrix.reference
        raise SessionFailed(f"there are no weights of {reference} to compare with ({weights})")
    return weights


def _tolerance(run: Run, variant: Variant) -> float:
    found = run.project.matrix.verification.tolerances[variant.tolerance]
    if not isinstance(found, float):
        raise ConfigurationError(
            f"weights are compared by their difference, which '{variant.tolerance}' isn't",
            where=variant.name,
            next_step="name a tolerance that is a number",
        )
    return found


def _verified(row: VariantRecord, found: WeightsComparison, taken: TrainingRun) -> VariantRecord:
    """The row with the verdict on its weights; other weights fail it."""
    row = row.model_copy(
        update={
            "weights": found,
            "runtime_versions": taken.versions,
            "runtime_threads": taken.threads_used,
        }
    )
    if not found.equal:
        update = {"status": "failed", "failed_step": "verify", "reason": found.reason}
        return row.model_copy(update={**update, "training": ()})
    return row if row.status == "measured" else row.model_copy(update={"status": "verified"})
