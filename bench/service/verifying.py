"""Step: every variant's service answers all pictures over HTTP, as the reference does."""

from __future__ import annotations

from pathlib import Path

from bench import rows
from bench.answers import Answer, Answers
from bench.record_types import Record, VariantRecord
from bench.reference import reference_answers, usable
from bench.row_changes import change_each, share
from bench.run import Run
from bench.service.container import Service, serving
from bench.service.conversation import health, predict, wait_ready
from bench.service.measured_service import spec_of
from bench.verification import verify_answers
from builders.errors import WrongAnswer
from builders.matrix import Variant


def verify_service(run: Run, record: Record) -> Record:
    """Compare every service's answers with the reference's, which a session gave, one by one."""
    matrix = run.project.matrix
    reference = reference_answers(run, record, run.own_pictures)

    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        run.project.say(f"verify {variant.name}", share(run, variant))
        expected = usable(run, reference)
        spec = spec_of(run, variant, row)
        with serving(run.project.engine, spec, run.settings.service.port) as running:
            wait_ready(running)
            answers = served_answers(running, expected, matrix.verification.top_k)
        found = verify_answers(
            matrix.reference,
            expected,
            answers,
            tolerance=matrix.verification.tolerances[variant.tolerance],
            top_k=matrix.verification.top_k,
        )
        return rows.verified(row, found, answers)

    return change_each(run, record, "verify", one)


def served_answers(running: Service, expected: Answers, top_k: int) -> Answers:
    """A service's answers to the pictures of other answers, with every class's probability.

    Raises:
        WrongAnswer: it answered with something else than all classes.
        SessionFailed: it didn't answer 200.
    """
    told = health(running)
    pictures = tuple(_answer(running, answer, top_k) for answer in expected.pictures)
    runtime, _, version = told.version.partition(" ")
    return Answers(
        pictures,
        runtime_versions={runtime: version},
        runtime_threads=told.threads,
        device=told.device,
        fallback=told.fallback,
    )


def _answer(running: Service, expected: Answer, top_k: int) -> Answer:
    classes = len(expected.probs)
    found = predict(running, Path(expected.picture), top=classes).top
    probs = {ranked.class_id: ranked.prob for ranked in found}
    if sorted(probs) != list(range(classes)):
        what = f"{len(probs)} classes of {classes} came, though all were asked for"
        raise WrongAnswer(what, where=Path(expected.picture).name)
    return Answer(
        picture=expected.picture,
        top=found[:top_k],
        probs=tuple(probs[class_id] for class_id in range(classes)),
    )
