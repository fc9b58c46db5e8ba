"""CI's check that the main job measured the whole ladder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from builders.matrix_file import load_matrix

pytestmark = pytest.mark.process

SCRIPT = Path(__file__).parent.parent / ".ci" / "check_rows.py"
LADDER = tuple(v.name for v in load_matrix(SCRIPT.parents[1] / "variants.yaml").variants)


def rows(**changed: Any) -> list[dict[str, Any]]:
    """A full ladder; `changed` goes into the row of `onnx`."""
    fine = {"status": "measured", "outputs_match": True, "reason": ""}
    return [{**fine, "variant": name, **(changed if name == "onnx" else {})} for name in LADDER]


def check(folder: Path, table: list[dict[str, Any]]) -> subprocess.CompletedProcess[str]:
    path = folder / "rows.json"
    path.write_text(json.dumps(table))
    command = [sys.executable, str(SCRIPT), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_full_ladder_passes(tmp_path: Path) -> None:
    assert check(tmp_path, rows()).returncode == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "failed", "reason": "no disk"},
        {"outputs_match": False, "reason": "0.2 apart"},
        {"outputs_match": None, "reason": "never compared"},
    ],
)
def test_a_variant_that_failed_or_answers_otherwise_is_named(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    done = check(tmp_path, rows(**changed))
    assert done.returncode == 1
    assert "onnx: status" in done.stderr
    assert changed["reason"] in done.stderr


def test_a_missing_variant_is_named(tmp_path: Path) -> None:
    done = check(tmp_path, rows()[:-1])
    assert done.returncode == 1
    assert done.stderr.strip() == f"{LADDER[-1]}: no row"
