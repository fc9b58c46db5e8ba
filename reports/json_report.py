"""The comparison as JSON: a list of objects, one a variant, for programs and CI gates."""

from __future__ import annotations

import json
import math
from typing import Any, Optional

from bench.record_types import Record, VariantRecord
from reports import columns


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
    tools = columns.TOOLS.value(variant)
    return {
        "variant": variant.name,
        "status": variant.status,
        "reason": variant.reason,
        "size_bytes": columns.SIZE.value(variant),
        "compressed_bytes": columns.COMPRESSED.value(variant),
        "layers": columns.LAYERS.value(variant),
        "tools": list(tools) if isinstance(tools, tuple) else None,
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


def _finite(value: Any) -> Optional[float]:
    """JSON has no infinity and no NaN."""
    return value if value is not None and math.isfinite(value) else None


def _microseconds(value: Any) -> Optional[float]:
    """Milliseconds, rounded to what the clocks resolve."""
    return None if value is None else round(value, 3)
