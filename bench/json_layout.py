"""JSON that a person can skim and a version control can compare, written about as fast as compact.

The standard library's encoder leaves its fast path as soon as it indents.
"""

from __future__ import annotations

import json
from typing import Any

_compact = json.JSONEncoder(sort_keys=True, allow_nan=False, separators=(",", ":")).encode


def laid_out(value: Any, depth: int, indent: str = "") -> str:
    """JSON text with sorted keys; what lies deeper than `depth` containers is one line each.

    Raises:
        ValueError: a number is infinite or not a number.
    """
    if depth == 0 or not value or not isinstance(value, (dict, list)):
        return _compact(value)
    inner = f"{indent} "
    if isinstance(value, dict):
        opened, closed = "{", "}"
        parts = (
            f"{_compact(key)}: {laid_out(value[key], depth - 1, inner)}" for key in sorted(value)
        )
    else:
        opened, closed = "[", "]"
        parts = (laid_out(one, depth - 1, inner) for one in value)
    lines = f",\n{inner}".join(parts)
    return f"{opened}\n{inner}{lines}\n{indent}{closed}"
