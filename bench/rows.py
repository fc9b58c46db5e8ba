"""Rows of a record as a run goes on: kept, begun again, failed; all pure."""

from __future__ import annotations

from collections.abc import Mapping

from bench.answers import Answers
from bench.condition_types import ModelFact
from bench.record_types import BaseFact, BuildFact, Record, VariantRecord, Verification
from bench.sample_types import Sample
from builders.built import BuildOutcome, BuiltImage, FailedBuild, ModelArtefacts
from builders.errors import BuildFailed, ImageNotFound, SlimbenchError, WrongAnswer
from builders.matrix import Variant

_MEASURED = (
    *("samples", "imports", "throughput", "pulls", "training", "starts", "load", "missing"),
)


def begin(fresh: Record, previous: Record | None, variants: tuple[Variant, ...]) -> Record:
    """The record a run starts from.

    Args:
        fresh: matrix, environment and conditions of this run, without rows.
        previous: the last record, or None; its rows of variants that this run doesn't touch are
            kept if matrix and environment are the same, since only then they compare.
        variants: all variants of the matrix, which give the order of the rows.
    """
    kept: Mapping[str, VariantRecord] = {}
    if previous is not None and comparable(fresh, previous):
        kept = {row.name: row for row in previous.variants}
        fresh = previous  # with the conditions that its samples were taken under
    rows = tuple(kept.get(variant.name, pending(variant)) for variant in variants)
    return fresh.model_copy(update={"variants": rows})


def after_change(record: Record, before: Record) -> Record:
    """The record once images were built: where the reference is another image, no row compares."""
    old, new = row_of(before, record.reference).build, row_of(record, record.reference).build
    if old is None or (new is not None and new.image_id == old.image_id):
        return record
    rows = tuple(map(_unverified, record.variants))
    return without_samples(record.model_copy(update={"variants": rows}))


def _unverified(row: VariantRecord) -> VariantRecord:
    if row.status not in ("verified", "measured"):
        return row
    return row.model_copy(update={"status": "built", "verification": None, "weights": None})


def without_samples(record: Record) -> Record:
    """No row keeps samples of another run: only what was interleaved compares."""
    rows = tuple(map(unmeasured, record.variants))
    nothing = {"sampled": (), "measured_s": 0.0, "load1": None, "again": None, "stop": None}
    return record.model_copy(update={"variants": rows, "parts": (), **nothing})


def comparable(fresh: Record, previous: Record) -> bool:
    """Whether rows of both may stand in one record."""
    same_matrix = fresh.matrix_digest == previous.matrix_digest
    return same_matrix and fresh.environment == previous.environment


def pending(variant: Variant) -> VariantRecord:
    """A row of which nothing is known yet."""
    return VariantRecord(
        name=variant.name,
        changed=variant.changed,
        after=variant.after,
        runtime=variant.runtime,
        model=variant.model,
    )


def again(reference: VariantRecord) -> VariantRecord:
    """The reference under a second name, verified and without samples."""
    return unmeasured(reference).model_copy(update={"name": again_name(reference.name)})


def again_name(reference: str) -> str:
    """The second name of the reference; no variant can have it."""
    return f"{reference} (again)"


def row_of(record: Record, name: str) -> VariantRecord:
    """The row of a variant, or of the reference's second name."""
    return {row.name: row for row in _all(record)}[name]


def with_row(record: Record, row: VariantRecord) -> Record:
    """The record with this row in the place of the one of its name."""
    if record.again is not None and record.again.name == row.name:
        return record.model_copy(update={"again": row})
    rows = tuple(row if old.name == row.name else old for old in record.variants)
    return record.model_copy(update={"variants": rows})


def _all(record: Record) -> tuple[VariantRecord, ...]:
    return record.variants if record.again is None else (*record.variants, record.again)


def after_build(row: VariantRecord, outcome: BuildOutcome) -> VariantRecord:
    """The row once its build has ended; what was measured on the very same image stays."""
    if isinstance(outcome, FailedBuild):
        row = failed(pending(outcome.variant), "build", outcome.error)
        return row.model_copy(update={"left_out": outcome.left_out})
    fact = build_fact(outcome)
    if row.build is not None and row.build.image_id == fact.image_id and row.status != "failed":
        known = {"seconds": row.build.seconds} if fact.up_to_date else {}
        return row.model_copy(update={"build": fact.model_copy(update=known)})
    update = {"status": "built", "build": fact}
    return pending(outcome.variant).model_copy(update=update)


def build_fact(built: BuiltImage) -> BuildFact:
    """How this image came to be."""
    base = built.base
    return BuildFact(
        image_id=built.image.image_id,
        tag=built.tag,
        base=BaseFact(source=base.source, reference=base.reference, reason=base.reason),
        context_digest=built.context_digest,
        up_to_date=built.up_to_date,
        seconds=built.seconds,
    )


def failed(row: VariantRecord, step: str, error: SlimbenchError) -> VariantRecord:
    """The row of a variant that `step` couldn't be done for.

    What was measured before stays, as it is raw, unless an answer was wrong.
    """
    reason = str(error)
    if isinstance(error, BuildFailed) and error.log_tail:
        reason = f"{reason}; its last line: {error.log_tail[-1]}"
    row = row.model_copy(update={"status": "failed", "failed_step": step, "reason": reason})
    nothing = {"samples": (), "training": ()}
    return row.model_copy(update=nothing) if isinstance(error, WrongAnswer) else row


def unmeasured(row: VariantRecord) -> VariantRecord:
    """The row without samples of any kind; one that was measured is verified still."""
    status = "verified" if row.status == "measured" else row.status
    nothing = dict.fromkeys(_MEASURED, ())
    return row.model_copy(update={**nothing, "status": status, "part": ""})


def verified(row: VariantRecord, found: Verification, answers: Answers) -> VariantRecord:
    """The row with the verdict on its answers; a mismatch fails it, with the reason found."""
    update = {
        "runtime_versions": answers.runtime_versions,
        "runtime_threads": answers.runtime_threads,
        "device": answers.device,
        "fallback": answers.fallback,
        "interpreter": answers.interpreter,
    }
    return judged(row.model_copy(update=update), found)


def judged(row: VariantRecord, found: Verification) -> VariantRecord:
    """The row with the verdict alone, of who tells nothing else of itself."""
    row = row.model_copy(update={"verification": found})
    if not found.outputs_match:
        update = {"status": "failed", "failed_step": "verify", "reason": found.reason}
        return row.model_copy(update={**update, "samples": ()})
    return row if row.status == "measured" else row.model_copy(update={"status": "verified"})


def with_sample(row: VariantRecord, sample: Sample) -> VariantRecord:
    """The row with one more sample."""
    return row.model_copy(update={"samples": (*row.samples, sample)})


def measured(row: VariantRecord) -> VariantRecord:
    """The row once the rounds are over; one that failed stays so."""
    done = row.status == "verified" and (row.samples or row.training or row.starts)
    return row.model_copy(update={"status": "measured"}) if done else row


def image_id(row: VariantRecord) -> str:
    """The id of the variant's image; the row is of a variant that was built."""
    if row.build is None:
        raise ImageNotFound("it has not been built", where=row.name)
    return row.build.image_id


def model_fact(model: ModelArtefacts) -> ModelFact:
    """An exported model, as its manifest tells."""
    return ModelFact(
        name=model.name,
        weights=model.weights,
        notice=model.notice,
        seed=model.seed,
        versions=model.versions,
        sha256=model.sha256,
        size_bytes=model.size_bytes,
        preprocessing=model.preprocessing,
    )
