"""How each variant ended, as rows for the terminal or, with raw values, for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.record_types import Record, VariantRecord
from reports import columns, image_columns, start_columns, terminal, usage_columns
from reports.column import Column
from reports.service_columns import OVERVIEW as SERVED
from reports.training_columns import DIFFERENCE, EQUAL, OVERVIEW

VERIFIED = (
    columns.STATUS,
    columns.OUTPUTS_MATCH,
    columns.PICTURES,
    columns.TOP1,
    columns.MAX_ABS_DIFF,
    columns.TOLERANCE,
    columns.SWAPS,
)
ANSWERED = (
    columns.STATUS,
    columns.OUTPUTS_MATCH,
    columns.COMPARED,
    columns.MAX_ABS_DIFF,
    columns.TOLERANCE,
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
COLUMNS: Mapping[str, Mapping[str, Sequence[Column]]] = {
    "predict": {"verify": VERIFIED, "measure": MEASURED},
    "http": {"verify": ANSWERED, "measure": MEASURED},
    "command": {"verify": ANSWERED, "measure": MEASURED},
    "serve": {"verify": VERIFIED, "measure": SERVED},
    "train": {
        "verify": (columns.STATUS, EQUAL, DIFFERENCE),
        "measure": (columns.STATUS, *OVERVIEW),
    },
}


def show(record: Record, names: Sequence[str], last: str, as_json: bool) -> bool:
    """Print the outcome of these variants, notices and failures; False when one failed."""
    ended = [row for row in record.variants if row.name in names]
    terminal.show(outcomes(ended, last, raw=as_json, workload=record.workload), as_json)
    for told in (*_asides(ended), *notices(record)):
        terminal.warn(told)
    again = (record.again,) if record.again is not None and last == "measure" else ()
    tried = (*ended, *again)
    failed = [
        f"{row.name}: {row.failed_step}: {row.reason}"
        for row in tried
        if row.reason and not row.left_out
    ]
    if last == "measure":
        for note in lacks(ended, failed=False):
            terminal.warn(note)
        failed += lacks(ended, failed=True)
    if failed:
        terminal.complain(failed)
    done = [row for row in ended if not row.left_out]
    return not failed and (bool(done) or not ended)


def _asides(rows: Sequence[VariantRecord]) -> Iterator[str]:
    for row in rows:
        if row.left_out:
            yield f"{row.name}: left out: {row.reason}"
        if row.fallback:
            yield f"{row.name}: computed on the CPU, since {row.fallback}"


def outcomes(
    rows: Sequence[VariantRecord], last: str, raw: bool, workload: str = "predict"
) -> list[dict[str, object]]:
    """One row a variant, of what the command's last step found.

    Args:
        rows: the variants that the command worked on.
        last: the last step: build, verify or measure.
        raw: values in the unit that their keys name, instead of text for people.
        workload: what the images did.
    """
    known = COLUMNS[workload]
    if last not in known:
        return [_built(row) for row in rows]
    return [_found(row, known[last], raw) for row in rows]


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
        "status": columns.STATUS.value(row),
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
