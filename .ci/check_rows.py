"""Exit 1 unless every variant of the ladder was measured and answers as the reference does."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

LADDER = (
    "fat",
    "cpu-torch",
    "slim",
    "multistage",
    "distroless",
    "onnx",
    "distroless-onnx",
    "onnx-gpu",
    "distroless-onnx-int8",
)


def problems(rows: list[dict[str, Any]]) -> list[str]:
    """One line for each variant that is missing, was not measured, or answers otherwise."""
    found = {row["variant"]: row for row in rows}
    missing = [f"{name}: no row" for name in LADDER if name not in found]
    return missing + [
        f"{name}: status {row['status']}, outputs_match {row['outputs_match']}, {row['reason']}"
        for name, row in found.items()
        if row["status"] != "measured" or row["outputs_match"] is not True
    ]


if __name__ == "__main__":
    lines = problems(json.loads(Path(sys.argv[1]).read_text()))
    sys.exit("\n".join(lines) or 0)
