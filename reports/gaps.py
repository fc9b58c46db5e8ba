"""Why a value is missing, and which variants failed: every dash in a table has its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from bench.record_types import Record, VariantRecord
from reports.column import Column, part_of
from reports.columns import every
from reports.frame import known
from reports.markup import bullets, code, sentence

_ABSENT = {
    "image": "its image was not inspected",
    "verification": "its answers were not checked",
    "samples": "it was not timed",
    "pulls": "it was not pulled",
}


def failures(record: Record) -> str:
    """A list of the failed variants with step and reason, and of those that were left out."""
    failed = [variant for variant in record.variants if variant.status == "failed"]
    return bullets(_failure(variant) for variant in failed) or "No variant failed."


def _failure(variant: VariantRecord) -> str:
    if variant.left_out:
        return f"{code(variant.name)} was left out: {sentence(variant.reason)}"
    step = f" at step {code(variant.failed_step)}" if variant.failed_step else ""
    return f"{code(variant.name)} failed{step}: {sentence(variant.reason) or 'no reason given.'}"


def gaps(record: Record) -> str:
    """A list of the variants with missing values and why; empty when nothing is missing."""
    told = known(record, every(record.conditions.seed))
    notes = ((variant, reasons_of(variant, told)) for variant in record.variants)
    return bullets(f"{code(variant.name)}: {'; '.join(why)}." for variant, why in notes if why)


def reasons_of(variant: VariantRecord, told: Sequence[Column]) -> tuple[str, ...]:
    """Why values of this variant are missing in the columns told, each reason once."""
    missing = [column for column in told if column.value(variant) is None]
    absent = {column.part for column in missing if part_of(variant, column.part) is None}
    reasons = [reason for part, reason in _ABSENT.items() if part in absent]
    names: dict[str, list[str]] = {}
    for column in missing:
        if column.part not in absent:
            names.setdefault(column.gap, []).append(column.name)
    return (*reasons, *(f"no {', '.join(those)} ({gap})" for gap, those in names.items()))


def lacks(record: Record, what: str) -> str:
    """Why rows have none of the imports, throughput or pulls, each reason once."""
    reasons: dict[tuple[str, Optional[int]], list[str]] = {}
    for row in record.variants:
        for lack in row.missing:
            if lack.what == what:
                reasons.setdefault((lack.reason, lack.threads), []).append(code(row.name))
    return bullets(
        f"{', '.join(names)}{f' with {threads} threads' if threads else ''}: {sentence(reason)}"
        for (reason, threads), names in reasons.items()
    )
