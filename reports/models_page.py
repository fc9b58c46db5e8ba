"""The page of models: what the same recipes give with each model, a run each.

Figures of different models come from different runs, and get no verdict. Runs of another machine or
under other conditions don't stand beside each other at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from bench.record_types import Record
from reports import explanations, fairness
from reports.gaps import reasons_of
from reports.markdown import notice
from reports.markup import bullets, code, escape, folded
from reports.models_page_tables import (
    COMPARED,
    all_variants,
    differing,
    files,
    int8_steps,
    model_of,
    preprocessing,
    verified,
)

_RULE = """\
The same recipes, each model in a run of its own, with its own preprocessing. Within a run variants
are judged against each other, on the pages named above; across runs nothing is: set figures of two
models beside each other, but don't take a small difference for one."""

_INT8_RULE = """\
What going from the float32 model to its int8 form saves; a negative figure is what it costs. Both
were measured in one run. **same**: the two can't be told apart."""

_FILES_RULE = """\
What the exporter wrote; an image holds one of them, with class names and a manifest. In parentheses
the share of the float32 ONNX file."""

_PREPROCESSING_RULE = """\
Each model is fed as its published torchvision weights say: the shorter side resized, the centre cut
out, each channel scaled to 0..1, the mean subtracted, divided by the standard deviation."""


def render(records: Sequence[Record]) -> str:
    """The page, ending in a line feed.

    Args:
        records: at least one, of the workload predict; those that can't stand beside the first are
            named with what differs.
    """
    first = records[0]
    beside = [record for record in records if not differing(first, record)]
    apart = [record for record in records if differing(first, record)]
    sections = chain(_figures(beside), _apart(first, apart), _conditions(beside))
    return "\n\n".join(section for section in sections if section) + "\n"


def _figures(records: Sequence[Record]) -> Iterator[str]:
    yield "# Models"
    yield bullets(map(_run, records))
    yield from (notice(model) for record in records for model in record.models)
    yield _RULE
    yield "## All variants"
    yield all_variants(records)
    steps = int8_steps(records)
    if steps:
        yield "## What int8 changes"
        yield _INT8_RULE
        yield steps
    yield "## Model files"
    yield _FILES_RULE
    yield files(records)
    yield "## Preprocessing"
    yield _PREPROCESSING_RULE
    yield preprocessing(records)
    yield "## What was verified"
    yield verified(records)
    missing = bullets(_gaps(records))
    if missing:
        yield "## Missing values"
        yield missing


def _run(record: Record) -> str:
    """Which run it is, and the page that judges it."""
    page = f"comparison-{record.edition}.md" if record.edition else "comparison.md"
    return f"{code(model_of(record))}: run started {escape(record.started_at)}, [{page}]({page})"


def _gaps(records: Sequence[Record]) -> Iterator[str]:
    for record in records:
        for row in record.variants:
            reasons = reasons_of(row, COMPARED)
            failed = f"{row.failed_step}: {row.reason}" if row.status == "failed" else ""
            why = "; ".join(filter(None, (*reasons, escape(failed))))
            if why:
                yield f"{code(model_of(record))}, {code(row.name)}: {why}"


def _apart(first: Record, others: Sequence[Record]) -> Iterator[str]:
    if others:
        yield "## Not beside the others"
        yield bullets(
            f"{code(model_of(record))}: its run was taken under other conditions than that of"
            f" {code(model_of(first))} ({'; '.join(differing(first, record))})."
            for record in others
        )


def _conditions(records: Sequence[Record]) -> Iterator[str]:
    yield "## Conditions"
    yield "The machine and what was asked of every container are the same in all runs above."
    for record in records:
        yield folded(f"Run of {model_of(record)}", fairness.conditions(record))
    yield "## Definitions"
    yield explanations.DEFINITIONS
