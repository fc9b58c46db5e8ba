"""The comparison as JSON: a list of objects, one a variant, for programs and CI gates."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, Optional

from bench.record_types import Record, VariantRecord
from reports import columns, image_columns
from reports.column import Column


def render(record: Record) -> str:
    """The JSON text, ending in a line feed; `docs/report.md` describes its keys.

    Args:
        record: the run.

    Returns:
        A list in the record's order; an unknown value is null, and its n is 0.
    """
    rows = [_row(variant) for variant in record.variants]
    return json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _row(variant: VariantRecord) -> dict[str, Any]:
    return {
        "variant": variant.name,
        "status": variant.status,
        "reason": variant.reason,
        **_values(variant, image_columns.JSON),
        "categories": _values(variant, image_columns.CATEGORIES),
        "hints": _hints(variant),
        "cold_start_ms": {
            "median": _microseconds(columns.COLD_START.value(variant)),
            "n": columns.COLD_STARTS.value(variant) or 0,
        },
        "latency_ms": {
            "p50": _microseconds(columns.LATENCY_P50.value(variant)),
            "p95": _microseconds(columns.LATENCY_P95.value(variant)),
            "n": columns.REQUESTS.value(variant) or 0,
        },
        "peak_memory_bytes": columns.PEAK_MEMORY.value(variant),
        "outputs_match": columns.OUTPUTS_MATCH.value(variant),
        "max_abs_diff": _finite(columns.MAX_ABS_DIFF.value(variant)),
    }


def _values(variant: VariantRecord, columns: Sequence[Column]) -> dict[str, Any]:
    """Each column under its key; a list where the column has names."""
    return {column.key: column.value(variant) for column in columns}


def _hints(variant: VariantRecord) -> Optional[list[dict[str, Any]]]:
    """What each hint would save, in the record's order; evidence and advice are in the record."""
    if variant.image is None:
        return None
    return [
        hint.model_dump(include={"id", "saves_bytes", "saves_ms"}) for hint in variant.image.hints
    ]


def _finite(value: Any) -> Optional[float]:
    """JSON has no infinity and no NaN."""
    return value if value is not None and math.isfinite(value) else None


def _microseconds(value: Any) -> Optional[float]:
    """Milliseconds, rounded to what the clocks resolve."""
    return None if value is None else round(value, 3)
