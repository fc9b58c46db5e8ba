"""How each variant ended, as rows for the terminal or, with raw values, for programs."""

from __future__ import annotations

from collections.abc import Sequence

from bench.record_types import Record, VariantRecord
from reports import columns, image_columns, start_columns, terminal, usage_columns
from reports.column import Column

VERIFIED = (
    columns.STATUS,
    columns.OUTPUTS_MATCH,
    columns.PICTURES,
    columns.TOP1,
    columns.MAX_ABS_DIFF,
    columns.SWAPS,
)
MEASURED = (
    columns.STATUS,
    columns.OUTPUTS_MATCH,
    image_columns.SIZE,
    start_columns.COLD_START,
    columns.LATENCY_P50,
    columns.LATENCY_P95,
    usage_columns.PEAK_MEMORY,
)
COLUMNS = {"verify": VERIFIED, "measure": MEASURED}


def show(record: Record, names: Sequence[str], last: str, as_json: bool) -> bool:
    """Print the outcome of these variants, notices and failures; False when one failed."""
    ended = [row for row in record.variants if row.name in names]
    terminal.show(outcomes(ended, last, raw=as_json), as_json)
    for notice in notices(record):
        terminal.warn(notice)
    again = (record.again,) if record.again is not None and last == "measure" else ()
    tried = (*ended, *again)
    failed = [f"{row.name}: {row.failed_step}: {row.reason}" for row in tried if row.reason]
    if last == "measure":
        for note in lacks(ended, failed=False):
            terminal.warn(note)
        failed += lacks(ended, failed=True)
    if failed:
        terminal.complain(failed)
    return not failed


def outcomes(rows: Sequence[VariantRecord], last: str, raw: bool) -> list[dict[str, object]]:
    """One row a variant, of what the command's last step found.

    Args:
        rows: the variants that the command worked on.
        last: the last step: build, verify or measure.
        raw: values in the unit that their keys name, instead of text for people.
    """
    if last not in COLUMNS:
        return [_built(row) for row in rows]
    return [_found(row, COLUMNS[last], raw) for row in rows]


def lacks(rows: Sequence[VariantRecord], *, failed: bool) -> list[str]:
    """What of imports, throughput and pulls is missing and why, each reason once."""
    names: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for gap in row.missing:
            if gap.failed == failed:
                names.setdefault((gap.what, gap.reason), []).append(row.name)
    return [f"{', '.join(those)}: {what}: {why}" for (what, why), those in names.items()]


def notices(record: Record) -> tuple[str, ...]:
    """What everyone who sees a label must know of it."""
    return tuple(f"{model.name}: {model.notice}" for model in record.models if model.notice)


def _built(row: VariantRecord) -> dict[str, object]:
    build = row.build
    return {
        "variant": row.name,
        "status": row.status,
        "base": build.base.source if build else None,
        "build_s": round(build.seconds, 1) if build else None,
        "up_to_date": build.up_to_date if build else None,
        "reason": row.reason,
    }


def _found(row: VariantRecord, chosen: Sequence[Column], raw: bool) -> dict[str, object]:
    if raw:
        values = {column.key: column.value(row) for column in chosen}
        return {"variant": row.name, **values, "reason": row.reason}
    return {
        "variant": row.name,
        **{column.title: column.text(column.value(row)) for column in chosen},
    }
