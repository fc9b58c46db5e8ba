"""The tables of the matrix's keys in docs/matrix.md, from the schema that editors get."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from builders.matrix_schema import (
    Schema,
    ladder_schema,
    needed_of_variants,
    service_schema,
)
from reports.markup import table

Row = tuple[str, str, str, str]

BLOCK = re.compile(r"<!-- (keys|service keys):([\w. ]*)-->\n.*?<!-- /keys -->", re.DOTALL)
_NAME = "NAME"
_SAME_KEYS = "budgets.variants"  # as `budgets.all` has
_PAGE = re.compile(r"docs/([a-z-]+\.md)(#[\w-]+)?")


def page(text: str) -> str:
    """The page with each block of keys filled in anew."""
    return BLOCK.sub(lambda found: _block(found[1], found[2].split()), text)


def rows(schema: Schema, paths: Sequence[str] = ()) -> list[Row]:
    """Key, what it says, its default and an example, of the keys below these; or the outermost.

    Raises:
        KeyError: there is no such key.
    """
    if not paths:
        return [_row(key, value, schema) for key, value in schema["properties"].items()]
    return [row for path in paths for row in _below(_at(schema, path), path)]


def _block(kind: str, paths: Sequence[str]) -> str:
    schema = ladder_schema() if kind == "keys" else service_schema()
    headings = ("key", "what it says", "when left out", "example")
    lines = table(headings, rows(schema, paths), ("left",) * 4)
    return "\n".join([f"<!-- {kind}: {' '.join([*paths, ''])}-->", lines, "<!-- /keys -->"])


def _at(schema: Schema, path: str) -> Schema:
    """The part of the schema below a key; what each variant needs is said in it again."""
    here = schema
    for key in path.split("."):
        found = (_step(shape, key) for shape in _shapes(here))
        here = next((one for one in found if one), {})
    if not here:
        raise KeyError(path)
    is_variant = path == f"variants.{_NAME}"
    return {**here, "required": needed_of_variants(schema)} if is_variant else here


def _step(schema: Schema, key: str) -> Schema:
    if key == _NAME:
        found: Schema = schema.get("additionalProperties") or {}
        return found
    return dict(schema.get("properties", {}).get(key, {}))


def _below(schema: Schema, path: str) -> Iterator[Row]:
    for shape in _shapes(schema):
        for key, value in shape.get("properties", {}).items():
            yield _row(f"{path}.{key}", value, shape)
            in_default = isinstance(value.get("default"), dict)
            if not in_default and f"{path}.{key}" != _SAME_KEYS:
                yield from _below(value, f"{path}.{key}")
        if isinstance(shape.get("additionalProperties"), dict):
            yield from _below(shape["additionalProperties"], f"{path}.{_NAME}")


def _shapes(schema: Schema) -> Iterator[Schema]:
    yield schema
    for word in ("anyOf", "oneOf"):
        yield from schema.get(word, ())


def _row(path: str, schema: Schema, parent: Schema) -> Row:
    needed = path.rpartition(".")[2] in parent.get("required", ())
    default = f"`{_yaml(schema['default'])}`" if "default" in schema else "–"  # noqa: RUF001
    says = _PAGE.sub(r"[\1](\1\2)", schema["description"])
    return f"`{path}`", says, "" if needed else default, f"`{_yaml(schema['examples'][0])}`"


def _yaml(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")
