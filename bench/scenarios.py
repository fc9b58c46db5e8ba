"""Step: throughput in batches with one and more threads, of every variant in turn."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from bench import devices, rows
from bench.expected_answers import ExpectedAnswers, expected_answers
from bench.extra_rounds import Extra, Item, all_missing, names, take_rounds
from bench.record_types import Record, VariantRecord
from bench.row_changes import RowChange
from bench.run import Run
from bench.scenario_types import Missing
from bench.throughput import ThroughputSettings, take_batches, with_threads
from builders.matrix import Limits, Variant


def throughput(run: Run, record: Record) -> Record:
    """Take the scenarios' rounds; thread counts for which the engine lacks CPUs stay empty."""
    if not run.scenarios:
        return record
    limits, gaps = _limits(run)
    for gap in gaps:
        record = all_missing(run, record, gap)
    extra = Extra(
        what="throughput",
        items=tuple(Item(name, threads) for name in names(run, record) for threads in limits),
        count=run.settings.scenarios.rounds,
        has=_has,
        taker=partial(_taker, run, limits, expected_answers(run, record)),
    )
    return take_rounds(run, record, extra)


def _limits(run: Run) -> tuple[Mapping[int, Limits], tuple[Missing, ...]]:
    """The limits for each number of threads that can be had, and the gaps for the others."""
    cpus = run.project.engine.info().cpus
    wanted = run.settings.scenarios.threads
    found = {one: with_threads(run.project.matrix.limits, one, cpus) for one in wanted}
    limits = {threads: one for threads, one in found.items() if one is not None}
    return limits, tuple(_too_few(one, cpus) for one in wanted if one not in limits)


def _too_few(threads: int, cpus: int) -> Missing:
    reason = f"{threads} threads need {threads} CPUs, and the engine has {cpus}"
    return Missing(what="throughput", reason=reason, failed=False, threads=threads)


def _has(row: VariantRecord, item: Item, number: int) -> bool:
    return any(
        sample.round == number and sample.threads == item.threads for sample in row.throughput
    )


def _taker(
    run: Run, limits: Mapping[int, Limits], expected: ExpectedAnswers, item: Item, number: int
) -> RowChange:
    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        assert item.threads is not None
        right = expected.of(variant, row)
        computing = devices.measured(variant, row.device)
        settings = _settings(run, limits[item.threads], right.tolerance, computing)
        image = rows.image_id(row)
        taken = take_batches(run.project.engine, image, settings, right.answers, number)
        return row.model_copy(update={"throughput": (*row.throughput, *taken)})

    return one


def _settings(
    run: Run, limits: Limits, tolerance: float, computing: devices.Computing
) -> ThroughputSettings:
    return ThroughputSettings(
        limits=limits,
        batches=run.settings.scenarios.batches,
        top_k=run.project.matrix.verification.top_k,
        tolerance=tolerance,
        computing=computing,
    )
