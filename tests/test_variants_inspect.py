"""`inspect` and `diff` on the repository's seven images, as a user types them in its folder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from builders.matrix_file import load_matrix

pytestmark = [pytest.mark.engine, pytest.mark.variants]

ROOT = Path(__file__).parent.parent
NAMES = [variant.name for variant in load_matrix(ROOT / "variants.yaml").variants]
PAIRS = list(zip(NAMES, NAMES[1:]))


def called(*words: str) -> str:
    script = "import slimbench; slimbench.main()"
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def together() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(called("inspect", *NAMES, "--json"))
    return told


def image_of(told: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (image for image in told["images"] if image["image"] == name)
    return found


def test_all_variants_are_inspected_in_one_call(together: dict[str, Any]) -> None:
    assert [image["image"] for image in together["images"]] == NAMES
    assert len(together["sharing"]["pulls"]) == len(NAMES) * (len(NAMES) - 1)


@pytest.mark.parametrize("name", NAMES)
def test_the_parts_sum_to_the_whole(together: dict[str, Any], name: str) -> None:
    image = image_of(together, name)
    assert sum(owner["size_bytes"] for owner in image["owners"]) == image["file_bytes"]
    assert sum(node["size_bytes"] for node in image["tree"]["children"]) == image["file_bytes"]
    assert sum(layer["size_bytes"] for layer in image["layers"]) == image["size_bytes"]
    share = next(one for one in together["sharing"]["shares"] if one["image"] == name)
    parts = share["shared"]["size_bytes"] + share["unique"]["size_bytes"]
    assert parts == image["size_bytes"]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_a_difference_accounts_for_every_byte(
    together: dict[str, Any], before: str, after: str
) -> None:
    told = json.loads(called("diff", before, after, "--json"))
    old, new = (image_of(together, name) for name in (before, after))
    files = told["files"]
    grown = files["added_bytes"] - files["removed_bytes"] + files["grown_bytes"]
    assert grown == new["file_bytes"] - old["file_bytes"]
    assert grown == sum(one["after_bytes"] - one["before_bytes"] for one in told["categories"])
    assert files["added"] - files["removed"] == new["files"] - old["files"]


@pytest.mark.parametrize(
    "words", [("inspect", "fat"), ("inspect", *NAMES), ("diff", "fat", "onnx")]
)
def test_tables_fit_eighty_columns(words: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code = "      "  # is left whole, so that it can be copied
    lines = [line for line in called(*words).splitlines() if not line.startswith(code)]
    assert max(map(len, lines)) <= 80
