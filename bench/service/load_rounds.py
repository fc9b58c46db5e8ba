"""Step: load on every variant's service in turn, each in a fresh container."""

from __future__ import annotations

from functools import partial

from bench.expected_answers import ExpectedAnswers, expected_answers
from bench.extra_rounds import Extra, Item, all_missing, names, take_rounds
from bench.record_types import Record, VariantRecord
from bench.row_changes import RowChange
from bench.run import Run
from bench.scenario_types import Missing
from bench.service.cpus import generator_cpus
from bench.service.generators import Generators, InstalledTools
from bench.service.loading import LoadPlan, take_load
from bench.service.measured_service import asking_of, empty_as_asked, spec_of
from builders.errors import SlimbenchError
from builders.matrix import Variant
from builders.prepare import attempt


def load(run: Run, record: Record, tools: Generators = InstalledTools()) -> Record:  # noqa: B008
    """Take the rounds of load; where a tool is missing, every row says so and stays empty."""
    if not run.scenarios:
        return record
    lacking = attempt(tools.versions)
    if isinstance(lacking, SlimbenchError):
        return all_missing(run, record, Missing(what="load", reason=str(lacking), failed=False))
    extra = Extra(
        what="load",
        items=tuple(Item(name) for name in names(run, record)),
        count=run.settings.service.rounds,
        has=_has,
        taker=partial(_taker, run, tools, expected_answers(run, record)),
    )
    return take_rounds(run, record, extra)


def _has(row: VariantRecord, _item: Item, number: int) -> bool:
    return any(load.round == number for load in row.load)


def _taker(
    run: Run, tools: Generators, expected: ExpectedAnswers, _item: Item, number: int
) -> RowChange:
    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        limits = run.project.matrix.limits
        plan = LoadPlan(
            settings=run.settings.service,
            limits=limits,
            asking=asking_of(run, expected, variant, row),
            cpus=generator_cpus(limits.cpu_set, one_kernel=run.one_kernel),
            one_kernel=run.one_kernel,
        )
        spec = spec_of(run, variant, row)
        empty_as_asked(run)
        start, taken = take_load(run.project.engine, spec, plan, tools, number)
        # Its start counts with those of the rounds of starts, which came before.
        start = start.model_copy(update={"round": run.settings.service.starts + number})
        return row.model_copy(update={"starts": (*row.starts, start), "load": (*row.load, taken)})

    return one
