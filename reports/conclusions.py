"""What the tables come to, in sentences that hold: each is computed, and says how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from bench.comparison import Comparison
from bench.disturbance import Cause
from bench.record_types import Record, VariantRecord
from reports import figures
from reports.column import Column
from reports.columns import LATENCY_P50
from reports.formats import percent
from reports.image_columns import SIZE
from reports.judgement import best, number
from reports.markup import bullets, code, listed, sentence
from reports.pairs import against_itself, times
from reports.start_columns import COLD_START
from reports.verdicts import Verdicts

_DONE = {COLD_START: "start", LATENCY_P50: "answer"}
_CAUSES: dict[Cause, str] = {
    "hypervisor": "the hypervisor took CPU time away",
    "others": "other processes used the container's CPUs",
    "CPU limit": "a CPU limit stopped the container",
}


def conclusions(record: Record, verdicts: Verdicts) -> str:
    """A list of sentences; empty where nothing was built or measured."""
    return bullets(_sentences(record, verdicts))


def _sentences(record: Record, verdicts: Verdicts) -> Iterator[str]:
    yield from _smallest(record, verdicts)
    yield from fallbacks(record.variants)
    yield from approximations(record.variants)
    if not any(COLD_START.samples(row) for row in record.variants):
        return
    for column in _DONE:
        yield from _fastest(record, column, verdicts)
    yield from dict.fromkeys(against_itself(record, column, verdicts) for column in _DONE)
    yield _ended(record)
    yield from _disturbed(record)
    if verdicts.apart:
        pairs = (
            "1 pair isn't" if len(verdicts.apart) == 1 else f"{len(verdicts.apart)} pairs aren't"
        )
        yield f"{pairs} compared: their conditions differ (see every pair of variants)."


def fallbacks(rows: Iterable[VariantRecord]) -> Iterator[str]:
    """What is made for a GPU and had none."""
    for row in rows:
        if row.fallback:
            what = "computed on the CPU, as the matrix allows, not on the GPU that it is made for"
            yield f"{code(row.name)} {what}: {sentence(row.fallback)}"


def approximations(rows: Iterable[VariantRecord]) -> Iterator[str]:
    """Whose model answers a little differently, and how often."""
    for row in rows:
        found = row.verification
        if found is not None and found.top1_wanted is not None and found.outputs_match:
            share, wanted = percent(found.top1_agreement or 0.0), percent(found.top1_wanted)
            yield (
                f"{code(row.name)} computes something else than {code(found.reference)}: their best"
                f" class is the same on {share} % of {len(found.pictures)} pictures ({wanted} % are"
                " asked for)."
            )


def _smallest(record: Record, verdicts: Verdicts) -> Iterator[str]:
    names = best(SIZE, record.variants, verdicts)
    rows = [row for row in record.variants if row.name in names]
    reference = _row(record, record.reference)
    if not rows or reference is None:
        return
    size, whole = number(SIZE, rows[0]), number(SIZE, reference)
    share = f", {100 * size / whole:.1f} % of {code(reference.name)}" if size and whole else ""
    verb = "is the smallest image" if len(rows) == 1 else "are the smallest images"
    yield f"{_names(rows)} {verb}: {SIZE.text(size)} MB{share}."


def _fastest(record: Record, column: Column, verdicts: Verdicts) -> Iterator[str]:
    names = best(column, record.variants, verdicts)
    rows = sorted(
        (row for row in record.variants if row.name in names),
        key=lambda row: number(column, row) or 0.0,
    )
    if not rows:
        yield _nobody(column, verdicts)
        return
    medians = " and ".join(column.text(column.value(row)) for row in rows)
    verb = f"{_DONE[column]}s" if len(rows) == 1 else _DONE[column]
    level = "" if len(rows) == 1 else "; they can't be told apart"
    against = verdicts.of(column, rows[0].name, record.reference)
    yield f"{_names(rows)} {verb} fastest ({medians} {column.unit}){level}{_reference(against)}."


def _nobody(column: Column, verdicts: Verdicts) -> str:
    told = {found.verdict for found in verdicts.by_column[column.key].values()}
    if told == {"same"}:
        return f"No two variants can be told apart by their {column.heading}."
    if told == {None}:
        return f"Too few samples to tell anybody apart by {column.heading}."
    return f"Nobody can be called best in {column.heading}: too little compares."


def _reference(against: Optional[Comparison]) -> str:
    """How much longer the reference takes than the fastest, where that is known."""
    if against is None or against.verdict != "slower":
        return ""
    ends = against.interval
    sure = f" ({times(ends.low)} to {times(ends.high)})" if ends else ""
    slow, fast = code(against.candidate), code(against.baseline)
    return f"; {slow} takes {times(against.ratio)}{sure} times as long as {fast}"


def _ended(record: Record) -> str:
    if record.stop is None:
        return "Measuring hasn't ended, or was broken off: what is finished counts."
    return f"Measuring {sentence(record.stop.sentence)}"


def _disturbed(record: Record) -> Iterator[str]:
    rows = [row for row in record.variants if row.status != "failed"]
    samples = [sample for row in rows for sample in row.samples]
    flagged = figures.disturbed_count(samples)
    if flagged is None:
        return
    if not flagged:
        yield f"None of the {len(samples)} cold starts was disturbed."
        return
    causes = figures.causes(samples)
    why = "; ".join(f"{text}: {causes[cause]}" for cause, text in _CAUSES.items() if causes[cause])
    yield f"{flagged} of {len(samples)} cold starts were disturbed and count all the same ({why})."


def _names(rows: list[VariantRecord]) -> str:
    return listed([code(row.name) for row in rows])


def _row(record: Record, name: str) -> Optional[VariantRecord]:
    return next((row for row in record.variants if row.name == name), None)
