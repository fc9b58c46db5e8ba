"""One variant at a time, for a small disk: built, verified, measured, removed, then the next.

Each is a run of its own (`bench.steps`), and the record is these runs merged (`bench.merging`): the
images were never there together, so that their times aren't compared.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Optional

from bench import rows, steps
from bench.merging import merged
from bench.record_types import Record
from bench.reference import reference_answers
from bench.run import Run, begin
from builders.disk_allowance import DiskAllowance
from builders.engine import Engine
from builders.errors import ConfigurationError, DiskFull
from builders.labels import KIND, KIND_BASE, KIND_EXPORTER
from builders.matrix import Variant

OURS = {KIND: ""}


def execute_serially(run: Run, allowance: Optional[DiskAllowance] = None) -> Record:
    """Run all steps for each selected variant by itself, the reference first.

    The record is saved after each. Images that were there before stay, and so do the bases and the
    exporter's, which the next variant needs.

    Args:
        run: what was asked for; the reference is among its variants.
        allowance: what our images may take of the disk; None for all there is.

    Raises:
        ConfigurationError: the run can't be taken apart, or a variant can't fit at all.
    """
    _require_possible(run)
    if allowance is not None:
        allowance.require_each(run.project.engine, run.project.variants)
    try:
        return _merged_after_each(run, allowance)
    finally:
        shutil.rmtree(run.project.workspace.parts, ignore_errors=True)


def _require_possible(run: Run) -> None:
    if run.resume:
        what = "a run of one variant at a time can't go on"
        raise ConfigurationError(what, next_step="leave --resume out")
    if run.project.matrix.workload == "train":
        what = "trainings are compared by their times, so they must take turns"
        raise ConfigurationError(what, next_step="leave --serial out")


def _merged_after_each(run: Run, allowance: Optional[DiskAllowance]) -> Record:
    before = run.project.engine.stored(OURS).ids
    done: list[tuple[str, Record]] = []
    for variant in _reference_first(run):
        run.project.say(f"{variant.name}, {len(done) + 1} of {len(run.names)}")
        part = _alone(run, variant)
        with _removed_after(run.project.engine, before):
            record = _executed(part, allowance)
            if run.known is None:
                run = replace(run, known=reference_answers(part, record, run.own_pictures))
        done.append((variant.name, record))
        run.save(merged(done))
    return merged(done)


def _reference_first(run: Run) -> list[Variant]:
    reference = run.project.matrix.reference
    return sorted(run.project.variants, key=lambda variant: variant.name != reference)


def _alone(run: Run, variant: Variant) -> Run:
    """The run of one variant, with a record of its own that holds nothing yet."""
    workspace = replace(run.project.workspace, part=variant.name)
    workspace.record.unlink(missing_ok=True)
    project = replace(run.project, variants=(variant,), workspace=workspace)
    return replace(run, project=project)


def _executed(part: Run, allowance: Optional[DiskAllowance]) -> Record:
    """The run's record; a variant for which there is no room is a failed one."""
    try:
        if allowance is not None:
            allowance.require(part.project)
        return steps.execute(part)
    except DiskFull as error:
        record = begin(part)
        (name,) = part.names
        return rows.with_row(record, rows.failed(rows.row_of(record, name), "build", error))


@contextmanager
def _removed_after(engine: Engine, before: Collection[str]) -> Iterator[None]:
    """Takes away what was built meanwhile, on every path, but for what the next one needs too."""
    try:
        yield
    finally:
        kinds = (engine.images({KIND: kind}) for kind in (KIND_BASE, KIND_EXPORTER))
        needed = {image.image_id for images in kinds for image in images}
        engine.remove_built(OURS, keep={*before, *needed})
