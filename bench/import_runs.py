"""Step: every variant's imports taken apart, in starts of their own after the timed ones."""

from __future__ import annotations

from bench import devices, rows
from bench.extra_rounds import Extra, Item, names, take_rounds
from bench.import_times import self_times
from bench.profiled_start import run_imports
from bench.record_types import Record, VariantRecord
from bench.row_changes import RowChange
from bench.run import Run
from bench.scenario_types import ImportRun
from bench.session import Launch
from builders.matrix import Variant

RUNS = 3  # whose medians are reported


def imports(run: Run, record: Record) -> Record:
    """Start every variant a few times more, telling its imports; what fails is a note.

    An image whose entry point isn't Python tells nothing, and is none the worse for it.
    """
    extra = Extra(
        what="imports",
        items=tuple(Item(name) for name in names(run, record)),
        count=RUNS,
        has=lambda row, _, number: len(row.imports) > number,
        taker=lambda _item, _number: _taker(run),
        is_failure=False,
    )
    return take_rounds(run, record, extra)


def _taker(run: Run) -> RowChange:
    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        computing = devices.measured(variant, row.device)
        limits = run.project.matrix.limits
        launch = Launch(rows.image_id(row), limits, computing=computing)
        found = ImportRun(self_ns=self_times(run_imports(run.project.engine, launch)))
        return row.model_copy(update={"imports": (*row.imports, found)})

    return one
