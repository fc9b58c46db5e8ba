"""The sections that timing gives: verdicts, phases, imports, throughput, pulls, memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.record_types import Record, VariantRecord
from reports import columns, explanations, own_service
from reports.column import Column
from reports.frame import comparison
from reports.gaps import lacks
from reports.imports import by_module
from reports.pairs import matrix, not_compared
from reports.parts import not_in_one_run
from reports.pull_columns import PULL
from reports.start_columns import LAUNCH
from reports.throughput import by_batch
from reports.timeline import timeline
from reports.usage_columns import USAGE
from reports.verdicts import Verdicts


def sections(record: Record, verdicts: Verdicts) -> Iterator[str]:
    """All of them, without those that nothing was measured for."""
    line, sure = timeline(record), columns.certainty(record.conditions.seed)
    yield from _pairs(record, verdicts)
    yield from _section(
        "Phases of a cold start",
        _phases_rule(record, LAUNCH in line),
        _table(record, line, verdicts),
    )
    yield from _section(
        "Imports", explanations.IMPORTS_RULE, by_module(record), lacks(record, "imports")
    )
    yield from _section(
        "How sure the medians are", explanations.INTERVAL_RULE, _table(record, sure, verdicts)
    )
    yield from _section(
        "Throughput", explanations.THROUGHPUT_RULE, by_batch(record), lacks(record, "throughput")
    )
    yield from _section(
        "Memory and processor time", explanations.USAGE_RULE, _table(record, USAGE, verdicts)
    )
    yield from _section(
        "Pulling",
        explanations.PULL_RULE,
        _table(record, PULL, verdicts),
        lacks(record, "pulls"),
    )


def _phases_rule(record: Record, whole: bool) -> str:
    if record.asked is not None:
        return own_service.PHASES_RULE
    return f"{explanations.PHASES_RULE}{explanations.LAUNCH_RULE if whole else ''}"


def _section(heading: str, rule: str, *found: str) -> Iterator[str]:
    """A section with what was found and why something is missing; nothing without either."""
    if any(found):
        yield f"## {heading}"
        yield rule
        yield from found


def _table(record: Record, chosen: Sequence[Column], verdicts: Verdicts) -> str:
    """Columns and rows with any value; empty where that is one column or none."""
    rows = [row for row in record.variants if any(_has(row, column) for column in chosen)]
    known = [column for column in chosen if any(_has(row, column) for row in rows)]
    shown = record.model_copy(update={"variants": tuple(rows)})
    return comparison(shown, known, verdicts) if len(known) > 1 else ""


def _has(row: VariantRecord, column: Column) -> bool:
    return column.value(row) is not None


def _pairs(record: Record, verdicts: Verdicts) -> Iterator[str]:
    """Each judged metric's table of all pairs."""
    tables = {column: matrix(record, column, verdicts) for column in columns.JUDGED}
    if any(tables.values()):
        yield "## Every pair of variants"
        if any(verdicts.by_column.values()) or not record.parts:
            yield explanations.PAIRS_RULE
            for column, pairs in tables.items():
                yield f"**{column.heading.capitalize()}**"
                yield pairs
        yield not_in_one_run(verdicts)
        yield not_compared(verdicts)
