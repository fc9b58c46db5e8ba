"""The run, step by step: each takes the record so far and gives it back with more in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from bench import rows
from bench.answers import Answers
from bench.collect import collect_answers
from bench.inspection.anatomy import anatomy
from bench.inspection.image_facts import image_facts
from bench.inspection.layer_cache import LayerCache
from bench.inspection.sources import from_engine, keep_layers
from bench.pictures import generated
from bench.record_types import Record, VariantRecord
from bench.run import Run, begin, now
from bench.sampling import SampleSettings, rounds, take_sample
from bench.verification import verify_answers
from builders.build import build_all
from builders.built import BuildOutcome
from builders.errors import ImageNotFound, SessionFailed, SlimbenchError
from builders.maker import remove_abandoned
from builders.matrix import Variant
from builders.prepare import Attempt, Prepared, attempt, prepare

Step = Callable[[Run, Record], Record]


def execute(run: Run, last: str) -> Record:
    """Run the steps up to the one named `last`; the record is saved after each."""
    remove_abandoned(run.project.engine)
    record = begin(run)
    for name, step in STEPS:
        record = step(run, record)
        run.save(record)
        if name == last:
            break
    return record


def build(run: Run, record: Record) -> Record:
    """Build every selected variant, or note why it couldn't be built."""
    prepared = prepare(run.project)
    facts = tuple(rows.model_fact(model) for model in prepared.models.values())
    before = record
    record = record.model_copy(update={"models": facts or record.models})
    for number, outcome in enumerate(_outcomes(run, prepared), start=1):
        run.project.say(f"{outcome.variant.name} is done", number / len(run.names))
        row = rows.after_build(rows.row_of(record, outcome.variant.name), outcome)
        record = rows.with_row(record, row)
        run.save(record)
    return rows.after_change(record, before)


def _outcomes(run: Run, prepared: Prepared) -> Iterator[BuildOutcome]:
    yield from prepared.failures
    if prepared.builder is not None:
        run.project.say(f"images {', '.join(plan.variant.name for plan in prepared.plans)}")
        yield from build_all(run.project.engine, prepared.plans, prepared.builder)


def inspect(run: Run, record: Record) -> Record:
    """Take every built image apart; those not known yet are read in one save."""
    engine = run.project.engine
    cache = LayerCache(run.project.workspace.cache / "layers")

    def read_together() -> None:
        found = (engine.image(rows.image_id(row)) for row in _going(run, record))
        keep_layers(engine, [image for image in found if image is not None], cache, compress=True)

    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        run.project.say(f"inspect {variant.name}", _share(run, variant))
        image = engine.image(rows.image_id(row))
        if image is None:
            step = "run `slimbench build` again"
            raise ImageNotFound("its image is gone", where=variant.name, next_step=step)
        contents = from_engine(engine, variant.name, image, cache, compress=True)
        return row.model_copy(update={"image": image_facts(anatomy(contents))})

    run.project.say("inspect: read the layers that aren't known yet")
    attempt(read_together)  # what fails here fails again below, for the image that it's about
    return _each(run, record, "inspect", one)


def verify(run: Run, record: Record) -> Record:
    """Compare every variant's answers with the reference's, picture by picture."""
    matrix = run.project.matrix
    own = run.own_pictures
    reference = attempt(lambda: _reference_answers(run, record, own))

    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        run.project.say(f"verify {variant.name}", _share(run, variant))
        expected = _usable(run, reference)
        pictures = generated(run.artefacts(variant)) + own
        answers = collect_answers(
            run.project.engine,
            rows.image_id(row),
            matrix.limits,
            pictures,
            matrix.verification.top_k,
        )
        found = verify_answers(
            matrix.reference,
            expected,
            answers,
            tolerance=matrix.verification.tolerances[variant.tolerance],
            top_k=matrix.verification.top_k,
        )
        return rows.verified(row, found, answers)

    return _each(run, record, "verify", one)


def measure(run: Run, record: Record) -> Record:
    """Take the samples, variants interleaved in each round; a failing one drops out."""
    settings = run.project.matrix.measurement
    reference = attempt(lambda: _reference_answers(run, record, ()))
    record = rows.begin_measuring(record, now())
    names = [name for name in run.names if rows.row_of(record, name).status == "verified"]
    for number, order in enumerate(rounds(names, settings.cold_starts, settings.seed)):
        text = f"round {number + 1} of {settings.cold_starts}: {', '.join(order)}"
        run.project.say(text, number / settings.cold_starts)
        for position, name in enumerate(order):
            place = (number, position)
            record = _one(run, record, "measure", name, _sampler(run, reference, place))
            run.save(record)
    return _each(run, record, "measure", lambda _, row: rows.measured(row))


RowChange = Callable[[Variant, VariantRecord], VariantRecord]


def _sampler(run: Run, reference: Attempt[Answers], place: tuple[int, int]) -> RowChange:
    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        settings, image = _settings(run, variant), rows.image_id(row)
        expected = _usable(run, reference)
        return rows.with_sample(
            row, take_sample(run.project.engine, image, settings, expected, place)
        )

    return one


def _settings(run: Run, variant: Variant) -> SampleSettings:
    matrix = run.project.matrix
    return SampleSettings(
        limits=matrix.limits,
        warmups=matrix.measurement.warmups,
        requests=matrix.measurement.requests,
        top_k=matrix.verification.top_k,
        tolerance=matrix.verification.tolerances[variant.tolerance],
        one_kernel=run.one_kernel,
    )


def _reference_answers(run: Run, record: Record, own: tuple[Path, ...]) -> Answers:
    matrix = run.project.matrix
    row, variant = rows.row_of(record, matrix.reference), matrix.variant(matrix.reference)
    if row.build is None or row.status == "failed":
        raise SessionFailed(row.reason or "it has not been built", where=matrix.reference)
    pictures = generated(run.artefacts(variant)) + own
    return collect_answers(
        run.project.engine,
        rows.image_id(row),
        matrix.limits,
        pictures,
        matrix.verification.top_k,
    )


def _usable(run: Run, reference: Attempt[Answers]) -> Answers:
    if isinstance(reference, SlimbenchError):
        raise SessionFailed(
            f"there are no answers of {run.project.matrix.reference} to compare with ({reference})"
        )
    return reference


def _going(run: Run, record: Record) -> Iterator[VariantRecord]:
    """The selected variants that haven't failed."""
    found = (rows.row_of(record, name) for name in run.names)
    return (row for row in found if row.status != "failed")


def _share(run: Run, variant: Variant) -> float:
    return run.names.index(variant.name) / len(run.names)


def _each(run: Run, record: Record, step: str, change: RowChange) -> Record:
    """Change the row of every selected variant that hasn't failed."""
    for name in run.names:
        record = _one(run, record, step, name, change)
        run.save(record)
    return record


def _one(run: Run, record: Record, step: str, name: str, change: RowChange) -> Record:
    row, variant = rows.row_of(record, name), run.project.matrix.variant(name)
    if row.status == "failed":
        return record
    changed = attempt(lambda: change(variant, row))
    if isinstance(changed, SlimbenchError):
        return rows.with_row(record, rows.failed(row, step, changed))
    return rows.with_row(record, changed)


STEPS: tuple[tuple[str, Step], ...] = (
    ("build", build),
    ("inspect", inspect),
    ("verify", verify),
    ("measure", measure),
)
