"""The run, step by step: each takes the record so far and gives it back with more in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Optional

from bench import devices, rows
from bench.collect import collect_answers
from bench.import_runs import imports
from bench.inspection.anatomy import anatomy
from bench.inspection.image_facts import image_facts
from bench.inspection.layer_cache import LayerCache
from bench.inspection.sources import from_engine, keep_layers
from bench.left_pulls import remove_left_pulls
from bench.measuring import measure
from bench.own_service.steps import measure_own, verify_own
from bench.pictures import generated
from bench.pulls import pulls
from bench.record_types import Record, VariantRecord
from bench.reference import reference_answers, usable
from bench.row_changes import change_each, going, share
from bench.run import Run, begin
from bench.scenarios import throughput
from bench.service.load_rounds import load
from bench.service.rungs import rungs
from bench.service.start_rounds import starts
from bench.service.verifying import verify_service
from bench.training import measure_training, verify_weights
from bench.verification import verify_answers
from builders.build import build_all
from builders.built import BuildOutcome
from builders.errors import ImageNotFound
from builders.maker import remove_abandoned
from builders.matrix import Variant
from builders.prepare import Prepared, attempt, prepare
from builders.prepare_service import prepare_service

Step = Callable[[Run, Record], Record]


def execute(run: Run, last: Optional[str] = None) -> Record:
    """Run the workload's steps up to the one named `last`, or all; the record is saved after each.

    Where the rounds of the last record go on, what lies before them is done already.
    """
    remove_abandoned(run.project.engine)
    remove_left_pulls(run.project.engine, run.project.workspace.cache)
    record = begin(run)
    measures = last not in BEFORE_SAMPLES
    goes_on = run.resume and bool(record.sampled)
    if measures and not goes_on:
        record = rows.without_samples(record)
    for name, step in STEPS[record.workload]:
        if not (goes_on and name in BEFORE_SAMPLES):
            record = step(run, record)
            run.save(record)
        if name == last:
            break
    return record


def build(run: Run, record: Record) -> Record:
    """Build every selected variant, or note why it couldn't be built."""
    return _built(run, record, prepare(run.project))


def build_own(run: Run, record: Record) -> Record:
    """The same for a service of the user's own; images that are there already are found."""
    return _built(run, record, prepare_service(run.project))


def _built(run: Run, record: Record, prepared: Prepared) -> Record:
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
    yield from prepared.found
    if prepared.builder is not None and prepared.plans:
        run.project.say(f"images {', '.join(plan.variant.name for plan in prepared.plans)}")
        yield from build_all(run.project.engine, prepared.plans, prepared.builder)


def inspect(run: Run, record: Record) -> Record:
    """Take every built image apart; those not known yet are read in one save."""
    engine = run.project.engine
    cache = LayerCache(run.project.workspace.cache / "layers")

    def read_together() -> None:
        found = (engine.image(rows.image_id(row)) for row in going(run, record))
        keep_layers(engine, [image for image in found if image is not None], cache, compress=True)

    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        run.project.say(f"inspect {variant.name}", share(run, variant))
        image = engine.image(rows.image_id(row))
        if image is None:
            step = "run `slimbench build` again"
            raise ImageNotFound("its image is gone", where=variant.name, next_step=step)
        contents = from_engine(engine, variant.name, image, cache, compress=True)
        return row.model_copy(update={"image": image_facts(anatomy(contents))})

    run.project.say("inspect: read the layers that aren't known yet")
    attempt(read_together)  # what fails here fails again below, for the image that it's about
    return change_each(run, record, "inspect", one)


def verify(run: Run, record: Record) -> Record:
    """Compare every variant's answers with the reference's, picture by picture."""
    matrix = run.project.matrix
    own = run.own_pictures
    reference = reference_answers(run, record, own)

    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        run.project.say(f"verify {variant.name}", share(run, variant))
        expected = usable(run, reference)
        pictures = generated(run.artefacts(variant)) + own
        answers = collect_answers(
            run.project.engine,
            rows.image_id(row),
            matrix.limits,
            pictures,
            matrix.verification.top_k,
            computing=devices.asked(variant),
        )
        found = verify_answers(
            matrix.reference,
            expected,
            answers,
            tolerance=matrix.verification.tolerances[variant.tolerance],
            top_k=matrix.verification.top_k,
        )
        return rows.verified(row, found, answers)

    return change_each(run, record, "verify", one)


BEFORE_SAMPLES = ("build", "inspect", "rungs", "verify")
PREDICT: tuple[tuple[str, Step], ...] = (
    ("build", build),
    ("inspect", inspect),
    ("verify", verify),
    ("measure", measure),
    ("imports", imports),
    ("throughput", throughput),
    ("pulls", pulls),
)
TRAIN: tuple[tuple[str, Step], ...] = (
    ("build", build),
    ("inspect", inspect),
    ("verify", verify_weights),
    ("measure", measure_training),
    ("pulls", pulls),
)
SERVE: tuple[tuple[str, Step], ...] = (
    ("build", build),
    ("inspect", inspect),
    ("rungs", rungs),
    ("verify", verify_service),
    ("starts", starts),
    ("load", load),
    ("pulls", pulls),
)
OWN: tuple[tuple[str, Step], ...] = (
    ("build", build_own),
    ("inspect", inspect),
    ("verify", verify_own),
    ("measure", measure_own),
    ("pulls", pulls),
)
STEPS: Mapping[str, tuple[tuple[str, Step], ...]] = {
    "predict": PREDICT,
    "train": TRAIN,
    "serve": SERVE,
    "http": OWN,
    "command": OWN,
}
