"""Step: starts of every variant's service in turn, each in a fresh container."""

from __future__ import annotations

from functools import partial

from bench import rows
from bench.disturbance import read_machine
from bench.expected_answers import ExpectedAnswers, expected_answers
from bench.extra_rounds import Extra, Item, names, take_rounds
from bench.record_types import Record, VariantRecord
from bench.resuming import require_images
from bench.row_changes import RowChange
from bench.run import Run, conditions, now
from bench.service.container import NETWORK, USER, serving
from bench.service.measured_service import asking_of, empty_as_asked, spec_of
from bench.service_types import ServiceConditions
from builders.matrix import Variant


def starts(run: Run, record: Record) -> Record:
    """Take the rounds of starts; a variant without any has a gap with the reason.

    Raises:
        ConfigurationError: the run was to go on, and an image isn't the one that was measured.
    """
    record = _begun(run, record)
    run.save(record)
    extra = Extra(
        what="starts",
        items=tuple(Item(name) for name in names(run, record)),
        count=run.settings.service.starts,
        has=_has,
        taker=partial(_taker, run, expected_answers(run, record)),
    )
    record = take_rounds(run, record, extra)
    for name in record.sampled:
        record = rows.with_row(record, rows.measured(rows.row_of(record, name)))
    return record


def _begun(run: Run, record: Record) -> Record:
    """The record to go on with, or one without samples whose rounds now begin."""
    if run.resume and record.sampled:
        require_images(run.project.engine, record)
        return record
    record = rows.without_samples(record)
    begun = {
        "started_at": now(),
        "conditions": conditions(run),
        "service": service_conditions(run),
        "sampled": tuple(names(run, record)),
        "load1": read_machine(run.project.matrix.limits.cpu_set).load1 if run.one_kernel else None,
    }
    return record.model_copy(update=begun)


def service_conditions(run: Run) -> ServiceConditions:
    """What is asked of every service."""
    asked = run.settings.service
    return ServiceConditions(
        starts=asked.starts,
        rounds=asked.rounds,
        concurrencies=asked.concurrencies,
        rates=asked.rates,
        seconds=asked.seconds,
        warmup_seconds=asked.warmup_seconds,
        user=USER,
        network=NETWORK,
    )


def _has(row: VariantRecord, _item: Item, number: int) -> bool:
    return any(start.round == number for start in row.starts)


def _taker(run: Run, expected: ExpectedAnswers, _item: Item, number: int) -> RowChange:
    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        asking = asking_of(run, expected, variant, row)
        spec = spec_of(run, variant, row)
        empty_as_asked(run)
        with serving(run.project.engine, spec, run.settings.service.port) as running:
            start = asking.first_answer(running, number)
        return row.model_copy(update={"starts": (*row.starts, start)})

    return one
