"""Whether a record is one of this matrix, so that a report tells of the variants that there are."""

from __future__ import annotations

from pathlib import Path

from bench.record import load
from bench.record_types import Record
from builders.errors import RecordError
from builders.matrix import Matrix

_AGAIN = "run `slimbench run` to make one of this matrix"


def load_of(matrix: Matrix, path: Path, where: str) -> Record:
    """Read a record of this matrix, its workload and model.

    What else changed in the matrix since counts for nothing here: a report tells of what was
    measured, and names the matrix's digest.

    Args:
        matrix: as the command chose it.
        path: of the record.
        where: the same for messages.

    Raises:
        RecordError: it can't be read, is of another matrix, workload or model, or has variants
            that the matrix has no more.
    """
    record = load(path)
    if record.edition != matrix.edition:
        told, wanted = (one or "the usual ones" for one in (record.edition, matrix.edition))
        what = f"is a record of another workload or model ({told}, not {wanted})"
        raise RecordError(what, where=where, next_step=_AGAIN)
    known = {variant.name for variant in matrix.variants}
    gone = [row.name for row in record.variants if row.name not in known]
    if gone:
        other = len(gone) == len(record.variants)
        what = "is a record of another matrix" if other else "is stale"
        names = ", ".join(gone)
        raise RecordError(f"{what}: there is no variant {names}", where=where, next_step=_AGAIN)
    return record
