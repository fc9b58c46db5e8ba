"""The page of every field of a record, from its types and their docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, Union, get_args, get_origin

from docstring_parser import DocstringStyle, parse
from pydantic import BaseModel

from bench.record_types import RECORD_VERSION, Record
from reports.markup import MISSING, code, table

_HEAD = f"""\
# The record

`.slimbench/record.json`, and beside each published report: one JSON object, version
{RECORD_VERSION}. It holds raw samples and what they were taken under; every median, interval and
verdict is computed from it. Units stand in the names: `_ns` are nanoseconds, `_bytes` bytes.
`slimbench report --format json` prints the computed figures, and `slimbench inspect --json` what
stands here at [ImageFacts](#imagefacts).
"""
_WORDS = {
    int: "integer",
    float: "number",
    str: "text",
    bool: "`true` or `false`",
    type(None): "null",
}


def page() -> str:
    """Markdown: each type of a record, from the outermost inwards."""
    return "\n\n".join([_HEAD.rstrip(), *map(_section, types())]) + "\n"


def types() -> list[type[BaseModel]]:
    """Every type that a record is made of, in the order of reading."""
    found: list[type[BaseModel]] = [Record]
    for kind in found:  # which grows
        below = (one for field in kind.model_fields.values() for one in _models(field.annotation))
        found.extend(one for one in below if one not in found)
    return found


def descriptions(kind: type[BaseModel]) -> Mapping[str, str]:
    """What the docstring says of each field, on one line."""
    told = parse(inspect.getdoc(kind) or "", DocstringStyle.GOOGLE).params
    return {one.arg_name: _in_json(" ".join((one.description or "").split())) for one in told}


def _in_json(text: str) -> str:
    return re.sub(r"\bNone\b", "null", text)


def _section(kind: type[BaseModel]) -> str:
    docstring = parse(inspect.getdoc(kind) or "", DocstringStyle.GOOGLE)
    prose = [
        _in_json(docstring.short_description or ""),
        _in_json(docstring.long_description or ""),
    ]
    told = descriptions(kind)
    rows = [
        (code(name), _type(field.annotation), told.get(name, MISSING))
        for name, field in kind.model_fields.items()
    ]
    fields = table(("field", "type", "what it says"), rows, ("left",) * 3)
    return "\n\n".join([f"## {kind.__name__}", *filter(None, prose), fields])


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _type(annotation: Any) -> str:
    """A type in JSON's words, its own types linked."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Union:
        return " or ".join(map(_type, arguments))
    if origin is Literal:
        return " or ".join(
            code(f'"{one}"' if isinstance(one, str) else str(one)) for one in arguments
        )
    if origin is tuple:
        return f"list of {_type(arguments[0])}"
    if arguments:
        return f"object of {_type(arguments[1])} by name"
    if annotation in _WORDS:
        return _WORDS[annotation]
    return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
