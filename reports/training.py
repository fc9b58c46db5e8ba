"""The page of trainings: the same weights from different images, and what each takes for it.

It depends on the record alone, so that the same record gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.record_types import Record
from bench.training_types import TrainingRun
from reports import fairness, provenance
from reports import training_explanations as told
from reports.column import Column
from reports.columns import STATUS
from reports.formats import count, decimals, difference, megabytes
from reports.gaps import failures, reasons_of
from reports.markup import MISSING, bullets, code, escape, table
from reports.parts import Folded, Images, Part, Variants, page, shown
from reports.training_columns import (
    CGROUP_PEAK,
    DETAILS,
    OVERVIEW,
    mean_bytes,
    peak_bytes,
    running_s,
)
from reports.training_conditions import conditions
from reports.training_reference import beside, conclusions
from reports.usage_columns import NS_PER_S
from reports.verdicts import judge

_seconds = decimals(2)


def render(record: Record) -> str:
    """The whole page, ending in a line feed; failed variants are rows like the others."""
    return page(parts(record))


def parts(record: Record) -> Iterator[Part]:
    """What the page is made of, in its order."""
    yield "# The same training in several images"
    yield _opening(record)
    yield "## All variants"
    yield _table(record, (STATUS, *OVERVIEW))
    yield bullets(conclusions(record))
    yield told.OVERVIEW_RULE
    yield from _missing(record)
    yield "## Failures"
    yield failures(record)
    yield from _reference(record)
    yield from _bytes(record)
    yield "## In detail"
    yield told.DETAILS_RULE
    yield _table(record, DETAILS)
    yield told.EACH_RULE
    yield _each_training(record)
    yield "## What was verified"
    yield told.WEIGHTS_RULE
    yield _weights(record)
    yield Images(record)
    yield from _conditions(record)
    yield "## Definitions"
    yield told.DEFINITIONS


def _bytes(record: Record) -> Iterator[Part]:
    picture = shown(record, "bytes")
    if picture:
        yield from ("## Where the bytes are", picture)


def _opening(record: Record) -> str:
    return (
        "One training, a perceptron on toy data, in images that differ in base and libraries:"
        " built, checked for the same weights and measured in one run, started"
        f" {escape(record.started_at)} with slimbench {escape(record.environment.slimbench)}."
        f" Matrix: {code(record.matrix_digest)}."
    )


def _table(record: Record, columns: Sequence[Column]) -> Part:
    return Variants(record, columns, judge(record, ()))


def _missing(record: Record) -> Iterator[str]:
    """Why values are missing of variants that haven't failed."""
    going = [row for row in record.variants if row.status != "failed"]
    found = {row.name: reasons_of(row, (*OVERVIEW, CGROUP_PEAK)) for row in going}
    lines = [f"{code(name)}: {'; '.join(why)}." for name, why in found.items() if why]
    if lines:
        yield bullets(lines)


def _reference(record: Record) -> Iterator[str]:
    figures = beside(record)
    if figures:
        yield "## Beside the reference system's figures"
        yield told.REFERENCE_RULE
        yield figures
        yield told.SAME_AND_NOT


def _each_training(record: Record) -> str:
    taken = [
        (run.round, run.position, row.name, run)
        for row in record.variants
        for run in row.training
        if row.status != "failed"
    ]
    taken.sort(key=lambda one: one[:2])
    headings = ["round", "variant", *_EACH]
    rows = ([count(number + 1), code(name), *_cells(run)] for number, _position, name, run in taken)
    return table(headings, rows, ["right", "left", *["right"] * len(_EACH)])


_EACH = (
    "running, s",
    "CPU, s",
    "peak, MB",
    "mean, MB",
    "readings",
    "peak of the process, MB",
    "last loss",
)


def _cells(run: TrainingRun) -> tuple[str, ...]:
    cpu_s = None if run.cpu_ns is None else run.cpu_ns / NS_PER_S
    peak, mean = peak_bytes(run), mean_bytes(run)
    return (
        _seconds(running_s(run)),
        MISSING if cpu_s is None else _seconds(cpu_s),
        MISSING if peak is None else megabytes(peak),
        MISSING if mean is None else megabytes(mean),
        count(len(run.memory)),
        megabytes(run.peak_rss_bytes),
        decimals(6)(run.losses[-1]),
    )


def _weights(record: Record) -> str:
    """Each variant's weights to the last digit, and how far they are from the reference's."""
    found = {row.name: row.weights for row in record.variants if row.weights is not None}
    names = sorted({name for one in found.values() for name in one.weights})
    rows = [
        [
            code(variant),
            *(repr(one.weights[name]) if name in one.weights else MISSING for name in names),
            MISSING if one.max_abs_diff is None else difference(one.max_abs_diff),
            difference(one.tolerance),
            "yes" if one.equal else "no",
        ]
        for variant, one in found.items()
    ]
    headings = ["variant", *map(code, names), "max abs diff", "tolerance", "equal"]
    return table(headings, rows, ["left", *["right"] * (len(names) + 2), "left"])


def _conditions(record: Record) -> Iterator[Part]:
    yield "## What was the same for all"
    yield conditions(record)
    yield Folded("Runtimes and images", (provenance.runtimes(record), fairness.images(record)))
    yield "## Where bases came from"
    yield provenance.bases(record)
