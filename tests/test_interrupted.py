"""What is told when a signal ends a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_records import record, samples, variant

from bench.interrupted import saved_so_far
from bench.record import save
from bench.record_types import Record, VariantRecord
from bench.stop_rule import Decision

GOES_ON = "`slimbench bench --resume` goes on"


def row(name: str, n: int, status: str = "verified") -> VariantRecord:
    return variant(name, status=status, samples=samples(300, 20, n=n))


def half(*rows: VariantRecord) -> Record:
    names = tuple(one.name for one in rows)
    return record(*rows).model_copy(update={"sampled": names})


ENDED = Decision(reason="precise", samples=3, elapsed_s=1, precision=0.02, half_widths={})


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (half(row("a", 3), row("b", 2)), "interrupted: 2 rounds are saved in {path}; " + GOES_ON),
        (half(row("a", 1), row("b", 1)), "interrupted: 1 round is saved in {path}; " + GOES_ON),
        (half(row("a", 0)), "interrupted: 0 rounds are saved in {path}; " + GOES_ON),
        (
            half(row("a", 3), row("b", 1, "failed")),
            "interrupted: 3 rounds are saved in {path}; " + GOES_ON,
        ),
        (record(row("a", 0)), "interrupted before anything was measured"),
        (
            half(row("a", 3)).model_copy(update={"stop": ENDED}),
            "interrupted: all 3 rounds are saved in {path}; " + GOES_ON,
        ),
    ],
)
def test_how_much_is_saved(tmp_path: Path, found: Record, told: str):
    path = tmp_path / "record.json"
    save(path, found)
    assert saved_so_far(path) == told.format(path=path)


def test_without_a_record_nothing_is_saved(tmp_path: Path):
    path = tmp_path / "record.json"
    assert saved_so_far(path) == "interrupted before anything was measured"
