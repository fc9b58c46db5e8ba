"""`docs/matrix.md` tells every key in the schema's words, and its example is a valid matrix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builders.matrix_file import load_matrix
from builders.matrix_schema import ladder_schema, service_schema
from docs.pages import keys

DOCS = (Path(__file__).parents[1] / "docs/matrix.md").read_text(encoding="utf-8")
TOLD = {*re.findall(r"\n\| `([\w.]+)` ", DOCS), *re.findall(r"\n## `(\w+)`", DOCS)}


def paths(schema: Any, path: str = "") -> Iterator[str]:
    """Each key as it is told; names of the user's are NAME."""
    for shape in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        for key, value in shape.get("properties", {}).items():
            yield f"{path}{key}"
            if key != "defaults" and not isinstance(value.get("default"), dict):
                yield from paths(value, f"{path}{key}.")
        if isinstance(shape.get("additionalProperties"), dict):
            yield from paths(shape["additionalProperties"], f"{path}NAME.")


@pytest.mark.parametrize("schema", [ladder_schema(), service_schema()], ids=["ladder", "service"])
def test_every_key_is_told(schema: Any) -> None:
    wanted = [path for path in paths(schema) if not path.startswith("budgets.variants.NAME")]
    assert len(wanted) > 50
    assert [path for path in wanted if path not in TOLD] == []


def test_the_tables_are_those_of_the_schema() -> None:
    assert keys.page(DOCS) == DOCS, "python -m docs.pages"


def test_a_key_that_is_needed_is_told_from_one_with_a_default() -> None:
    rows = {row[0]: row for row in keys.rows(ladder_schema(), ["variants.NAME", "limits"])}
    assert rows["`variants.NAME.base`"][2] == ""
    assert rows["`variants.NAME.disk`"][2] == "`4GiB`"
    assert rows["`variants.NAME.after`"][2] == "–"  # noqa: RUF001
    assert rows["`limits.memory`"] == (
        "`limits.memory`",
        "a size: `512MiB`, `2GiB`, `2GB`, or a number of bytes; at least `64MiB`",
        "`2GiB`",
        "`512MiB`",
    )


def test_a_block_of_unknown_keys_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"limits\.memmory"):
        keys.page("<!-- keys: limits.memmory -->\n<!-- /keys -->")


def test_the_example_is_valid(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
    assert example
    for name in re.findall(r"[\w./]+\.txt|[\w./]+\.pt|\w+/exporter\.Dockerfile|service/Dockerfile",
                           example[1]):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "inference").mkdir()
    path = tmp_path / "variants.yaml"
    path.write_text(example[1], encoding="utf-8")
    assert [variant.name for variant in load_matrix(path).variants] == ["mine"]
