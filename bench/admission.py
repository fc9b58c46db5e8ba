"""Which records may be held to a matrix, and which may be set side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from bench.record import load
from bench.record_types import Record
from bench.run_conditions import differing_runs
from builders.errors import RecordError
from builders.matrix import Matrix
from builders.problems import shortened
from builders.workspace import shown


def of_matrix(path: Path, matrix: Matrix) -> Record:
    """A record that was measured with this matrix, as it is now.

    Raises:
        RecordError: it can't be read, is of another workload or model, or of another matrix.
    """
    record = load(path)
    wanted, found = _aim(matrix.workload, matrix.edition), _aim(record.workload, record.edition)
    if wanted != found:
        step = "choose it with --workload and --model"
        raise RecordError(f"is of {found}, not of {wanted}", where=shown(path), next_step=step)
    if record.matrix_digest != matrix.digest:
        what = "was measured with another matrix, or before this one was changed"
        step = "run `slimbench run` for a new one, or name its matrix with -f"
        raise RecordError(what, where=shown(path), next_step=step)
    return record


def beside(path: Path, new: Record) -> Record:
    """A record that can be set beside another one: of the same workload and model, and variants.

    Raises:
        RecordError: it can't be read, or has nothing in common with the other one.
    """
    old = load(path)
    wanted, found = _aim(new.workload, new.edition), _aim(old.workload, old.edition)
    if wanted != found:
        step = "take two of one kind"
        what = f"is of {found}, and the other record of {wanted}"
        raise RecordError(what, where=shown(path), next_step=step)
    if not {row.name for row in old.variants} & {row.name for row in new.variants}:
        what, step = "shares no variant with the other record", "take records of one matrix"
        raise RecordError(what, where=shown(path), next_step=step)
    return old


def baseline(path: Path, new: Record, *, timings: bool) -> Record:
    """An earlier record that this one can be held to, with its times or without.

    Raises:
        RecordError: as `beside`; or times are wanted, and were taken under other conditions.
    """
    old = beside(path, new)
    if timings:
        require_same_conditions(path, old, new)
    return old


def require_same_conditions(path: Path, old: Record, new: Record) -> None:
    """Pass where the times of all variants of both records compare.

    Raises:
        RecordError: they were taken under other conditions, which are named.
    """
    for name in _shared_and_timed(old, new):
        found = differing_runs(old, new, name)
        if found:
            told = "; ".join(f"{one.name} {one.baseline}, here {one.candidate}" for one in found)
            what = f"its times were taken under other conditions: {shortened(told, 400)}"
            step = "measure a baseline under the same ones, or leave times out with --no-timings"
            raise RecordError(what, where=shown(path), next_step=step)


def _shared_and_timed(old: Record, new: Record) -> list[str]:
    timed = {row.name for row in old.variants if row.samples}
    return [row.name for row in new.variants if row.samples and row.name in timed]


def _aim(workload: str, edition: str) -> str:
    model: Optional[str] = edition.removesuffix(workload).removesuffix("-")
    return f"the workload '{workload}'" + (f" with the model '{model}'" if model else "")
