"""Rounds of cold starts until all medians are precise; what fails drops out, nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench import devices, rows
from bench.disturbance import read_machine
from bench.expected_answers import expected_answers
from bench.outages import remove_own, wait_for
from bench.record_types import Record, VariantRecord
from bench.resuming import require_images
from bench.rounds import rounds
from bench.row_changes import RowChange, change_one
from bench.run import Run, conditions, now
from bench.sample_types import Sample
from bench.sampling import SampleSettings, take_sample
from bench.standing import standing
from bench.statistics import median
from bench.stop_rule import Decision, StopRule, decide
from builders.errors import EngineError, EngineUnavailable
from builders.matrix import Variant

STEP = "measure"

Place = tuple[int, int]  # number of the round, position in it
Taker = Callable[[Variant, VariantRecord, Place], Sample]


def predictions(run: Run, record: Record) -> Taker:
    """Samples of what speaks our session protocol."""
    expected = expected_answers(run, record)

    def take(variant: Variant, row: VariantRecord, place: Place) -> Sample:
        right = expected.of(variant, row)
        settings = _settings(run, right.tolerance, devices.measured(variant, row.device))
        engine = run.project.engine
        return take_sample(engine, rows.image_id(row), settings, right.answers, place)

    return take


def measure(
    run: Run, record: Record, takers: Callable[[Run, Record], Taker] = predictions
) -> Record:
    """Take the samples, variants interleaved in each round; a failing one drops out.

    Args:
        run: says how many.
        record: with the images.
        takers: makes what takes a sample; asked once, when the rounds begin.

    Raises:
        ConfigurationError: the run was to go on, and an image isn't the one that was measured.
        EngineUnavailable: the engine went away and didn't come back.
    """
    if run.resume and record.stop is not None:
        run.tell(f"nothing is left to measure; the last run {record.stop.sentence}")
        return record
    record = _begun(run, record)
    run.save(record)
    measuring = _measuring(run, record, takers(run, record))
    decision = measuring.decision(record)
    while decision.reason == "go on":
        record = measuring.next_round(record, decision)
        decision = measuring.decision(record)
        run.watch(standing(record, "", decision, measuring.rule))
    run.tell(decision.sentence)
    return _ended(record, decision)


def _begun(run: Run, record: Record) -> Record:
    """The record to go on with, or one without samples whose rounds now begin."""
    if run.resume and record.sampled:
        require_images(run.project.engine, record)
        return record
    record = rows.without_samples(record)
    names = [name for name in run.names if rows.row_of(record, name).status == "verified"]
    if run.settings.reference_twice and record.reference in names:
        again = rows.again(rows.row_of(record, record.reference))
        record, names = record.model_copy(update={"again": again}), [*names, again.name]
    begun = {
        "started_at": now(),
        "conditions": conditions(run),
        "sampled": tuple(names),
        "load1": read_machine(run.project.matrix.limits.cpu_set).load1 if run.one_kernel else None,
    }
    return record.model_copy(update=begun)


def _ended(record: Record, decision: Decision) -> Record:
    for name in record.sampled:
        record = rows.with_row(record, rows.measured(rows.row_of(record, name)))
    return record.model_copy(update={"stop": decision})


@dataclass(frozen=True)
class _Measuring:
    """What the rounds of a run share; `began_s` is `time.monotonic()` less earlier parts."""

    run: Run
    taker: Taker
    rule: StopRule
    plan: Sequence[Sequence[str]]
    began_s: float

    def decision(self, record: Record) -> Decision:
        """Whether to take another round."""
        figures = {row.name: _figures(row) for row in _going(record)}
        return decide(figures, time.monotonic() - self.began_s, self.rule)

    def next_round(self, record: Record, last: Decision) -> Record:
        """Take what the first round that isn't whole lacks; the record is saved after each."""
        number = last.samples
        for position, name in enumerate(self.plan[number]):
            if len(rows.row_of(record, name).samples) > number:  # taken before it was broken off
                continue
            self.run.watch(standing(record, name, last, self.rule))
            record = self._with_sample(record, name, self._sampler((number, position)))
            elapsed_s = time.monotonic() - self.began_s
            record = record.model_copy(update={"measured_s": elapsed_s})
            self.run.save(record)
        return record

    def _with_sample(self, record: Record, name: str, sampler: RowChange) -> Record:
        try:
            return change_one(self.run, record, STEP, name, sampler)
        except EngineUnavailable:
            self.run.tell("the engine doesn't answer; waiting for it")
            engine = self.run.project.engine
            wait_for(engine)
            if not remove_own(engine):  # it was gone before a container was made
                return change_one(self.run, record, STEP, name, sampler)
        gone = EngineError("the engine went away while it was measured")
        return rows.with_row(record, rows.failed(rows.row_of(record, name), STEP, gone))

    def _sampler(self, place: Place) -> RowChange:
        def one(variant: Variant, row: VariantRecord) -> VariantRecord:
            return rows.with_sample(row, self.taker(variant, row, place))

        return one


def _measuring(run: Run, record: Record, taker: Taker) -> _Measuring:
    settings = run.settings
    return _Measuring(
        run=run,
        taker=taker,
        rule=StopRule(
            precision=settings.precision,
            max_time_s=settings.max_time_s,
            seed=settings.seed,
            fewest=settings.fewest_cold_starts,
            most=settings.most_cold_starts,
        ),
        plan=rounds(record.sampled, settings.most_cold_starts, settings.seed),
        began_s=time.monotonic() - record.measured_s,
    )


def _settings(run: Run, tolerance: float, computing: devices.Computing) -> SampleSettings:
    matrix, settings = run.project.matrix, run.settings
    return SampleSettings(
        limits=matrix.limits,
        warmups=settings.warmups,
        requests=settings.requests,
        top_k=matrix.verification.top_k,
        tolerance=tolerance,
        one_kernel=run.one_kernel,
        page_cache=settings.page_cache,
        computing=computing,
    )


def _going(record: Record) -> Iterator[VariantRecord]:
    """The rows that take part and haven't failed."""
    found = (rows.row_of(record, name) for name in record.sampled)
    return (row for row in found if row.status != "failed")


def _figures(row: VariantRecord) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """What the run is stopped by: start and median latency of each container, in ns."""
    starts = tuple(float(sample.phases.total_ns) for sample in row.samples)
    return starts, tuple(median(sample.latency_ns) for sample in row.samples)
