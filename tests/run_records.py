"""Records as CI jobs leave them: hand-written, one run each, with round numbers nobody measured."""

from __future__ import annotations

from full_record import FAT, ONNX, SLIM, STARTS, starts
from report_records import SEEDED, record, variant

from bench.record_types import Record, VariantRecord
from bench.rows import again_name
from bench.stop_rule import Decision

ROWS = {row.name: row for row in (FAT, SLIM, ONNX)}


def untouched(row: VariantRecord) -> VariantRecord:
    return variant(row.name, row.after, row.changed)


def run_of(name: str, *, started_at: str = "2024-06-12T10:00:00Z", fat_ms: int = 2000) -> Record:
    """The record of `bench --only NAME --aa`: the reference takes part, the others don't."""
    fat = FAT.model_copy(update={"samples": starts(fat_ms, 40_000)})
    again = fat.model_copy(update={"name": again_name("fat"), "samples": starts(fat_ms, 40_000)})
    rows = {"fat": fat, name: fat if name == "fat" else ROWS[name]}
    names = (*rows, again.name)
    made = record(*(rows.get(n, untouched(row)) for n, row in ROWS.items()), models=(SEEDED,))
    asked = made.conditions.model_copy(
        update={"reference_twice": True, "fewest_cold_starts": 20, "most_cold_starts": 100}
    )
    stop = Decision(
        reason="precise",
        samples=STARTS,
        elapsed_s=60.0,
        precision=0.02,
        half_widths=dict.fromkeys(names, 0.004),
    )
    return made.model_copy(
        update={
            "started_at": started_at,
            "conditions": asked,
            "sampled": names,
            "measured_s": 60.0,
            "load1": 0.5,
            "again": again,
            "stop": stop,
        }
    )


def without_reference(made: Record) -> Record:
    """The same run, as `run --serial` leaves it: the reference's answers were known before."""
    (name,) = (row.name for row in made.variants if row.samples and row.name != "fat")
    rows = tuple(untouched(row) if row.name == "fat" else row for row in made.variants)
    return made.model_copy(update={"variants": rows, "sampled": (name,), "again": None})
