"""What a person is told when a run is broken off by a signal."""

from __future__ import annotations

from pathlib import Path

from bench import rows
from bench.record import load
from bench.record_types import Record
from builders.errors import RecordError


def saved_so_far(path: Path) -> str:
    """One sentence on a run that measures: how much the record holds, and how it goes on."""
    try:
        record = load(path)
    except RecordError:
        return "interrupted before anything was measured"
    if not record.sampled:
        return "interrupted before anything was measured"
    whole = _whole_rounds(record)
    saved = "1 round is" if whole == 1 else f"{whole} rounds are"
    saved = saved if record.stop is None else f"all {saved}"
    chosen = record.workload in ("serve", "train")  # the others are what their matrix is for
    workload = f" --workload {record.workload}" if chosen else ""
    return f"interrupted: {saved} saved in {path}; `slimbench bench{workload} --resume` goes on"


def _whole_rounds(record: Record) -> int:
    found = (rows.row_of(record, name) for name in record.sampled)
    going = [row for row in found if row.status != "failed"]
    taken = (len(row.samples) or len(row.training) or len(row.starts) for row in going)
    return min(taken, default=0)
