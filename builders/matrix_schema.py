"""The JSON Schema of `variants.yaml`, for editors; made from the models of the matrix.

Draft 7, without references: what every editor's YAML support knows. It allows whatever the loader
allows, but for a wrong default that every variant overrides. Rules between keys, between parts of
the file, and about files are the loader's alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

from pydantic import BaseModel

from builders.matrix import MatrixContent
from builders.service_matrix import ServiceMatrixContent

Schema = dict[str, Any]

_DRAFT = "http://json-schema.org/draft-07/schema#"
_FILLED_IN = "dockerfile"  # by the variant's name, see `builders.matrix_file`
_BOUNDS = frozenset({"minimum", "exclusiveMinimum", "maximum"})
_VERBATIM = frozenset({"default", "examples"})


def schema_text() -> str:
    """The schema as a file has it; always the same."""
    return json.dumps(matrix_schema(), indent=1, ensure_ascii=False) + "\n"


def matrix_schema() -> Schema:
    """The schema of any matrix: `service` tells a service of one's own from a ladder."""
    return {
        "$schema": _DRAFT,
        "title": "variants.yaml of slimbench",
        "if": {"required": ["service"]},
        "then": service_schema(),
        "else": ladder_schema(),
    }


def ladder_schema() -> Schema:
    """The schema of a matrix whose images hold one of the exporter's models."""
    return _as_written(MatrixContent)


def service_schema() -> Schema:
    """The schema of a matrix for a service of the user's own."""
    return _as_written(ServiceMatrixContent)


def needed_of_variants(schema: Schema) -> frozenset[str]:
    """The keys that each variant has, or `defaults`."""
    rules = (rule["then"]["properties"]["variants"] for rule in schema.get("allOf", ()))
    return frozenset(key for rule in rules for key in rule["additionalProperties"]["required"])


def _as_written(model: type[BaseModel]) -> Schema:
    """A file's schema, in which a variant may leave out what `defaults` say."""
    raw = model.model_json_schema(by_alias=True)
    content: Schema = _plain(raw, raw.pop("$defs"))
    recipe = content["properties"]["variants"]["additionalProperties"]
    needed = [key for key in recipe.pop("required", ()) if key != _FILLED_IN]
    shared = content["properties"]["defaults"]
    content["properties"]["defaults"] = {
        "additionalProperties": False,
        "description": shared["description"],
        "examples": shared["examples"],
        "properties": recipe["properties"],
        "type": ["object", "null"],
    }
    rules = [_needed_unless_default(key) for key in needed]
    return {**content, **({"allOf": rules} if rules else {})}


def _needed_unless_default(key: str) -> Schema:
    says_it = {"type": "object", "required": [key]}
    has_default = {"required": ["defaults"], "properties": {"defaults": says_it}}
    in_each = {"properties": {"variants": {"additionalProperties": {"required": [key]}}}}
    return {"if": {"not": has_default}, "then": in_each}


def _plain(node: Any, parts: Mapping[str, Any]) -> Any:
    """A schema with each reference replaced by what it stands for, in draft 7's words."""
    if isinstance(node, list):
        return [_plain(one, parts) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        node = {**parts[node["$ref"].rpartition("/")[2]], **node}
    words = sorted(_in_draft_7(node), key=itemgetter(0))  # pydantic's order differs by version
    return {word: _value(word, value, parts) for word, value in words}


def _value(word: str, value: Any, parts: Mapping[str, Any]) -> Any:
    if word == "properties":
        return {key: _plain(schema, parts) for key, schema in value.items()}
    if word in _BOUNDS:
        return int(value) if value == int(value) else value  # 1.0 from some versions of pydantic
    return value if word in _VERBATIM else _plain(value, parts)


def _in_draft_7(node: Schema) -> Iterator[tuple[str, Any]]:
    """What an editor needs: no titles made from names, no defaults that say nothing."""
    for word, value in node.items():
        if word == "patternProperties":  # which would allow anything under other names
            ((pattern, schema),) = value.items()
            yield "propertyNames", {**node.get("propertyNames", {}), "pattern": pattern}
            yield "additionalProperties", schema
        elif word == "propertyNames" and "patternProperties" in node:
            continue
        elif word not in ("$ref", "title") and not _says_nothing(word, value):
            yield word, value


def _says_nothing(word: str, value: Any) -> bool:
    if word == "default":
        return value is None or value in ([], {}, "")
    return word == "additionalProperties" and value is True
