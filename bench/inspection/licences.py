"""Licences as packages state them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bench.inspection.control_fields import Fields, first, printable

MAX_LENGTH = 200  # a `License` field may hold the whole text; SPDX expressions are long, too
_FIELD = re.compile(r"(?m)^License:[ \t]*(.+)$")
_COMMON = re.compile(r"/usr/share/common-licenses/([\w.+-]+)")
_JOINT = re.compile(r",?\s+(?:and|or)\s+|,\s*", re.IGNORECASE)
_SHORT_NAME = re.compile(r"[A-Za-z0-9][\w.+~/-]*(?: with [\w -]+ exceptions?)?", re.IGNORECASE)
_CLASSIFIER = "License :: "


def debian_licences(copyright_text: str) -> tuple[str, ...]:
    """Short names of a Debian copyright file, as they come, each once.

    `License:` fields of machine-readable files (DEP-5) that hold a short name or an expression of
    such; from other files the names of the common licences they refer to.
    """
    fields = (line.strip() for line in _FIELD.findall(copyright_text))
    named = _each_once(line for line in fields if _is_expression(line))
    return named or _each_once(name.rstrip(".") for name in _COMMON.findall(copyright_text))


def python_licences(metadata: Fields) -> tuple[str, ...]:
    """Of a distribution: `License-Expression` (PEP 639), else `License`, else its classifiers.

    A `License` field of several lines is the text, and names nothing.
    """
    expression = first(metadata, "license-expression")
    if expression:
        return (expression,)
    text = metadata.get("license", [""])[0]
    free = first(metadata, "license")
    if free and free.upper() != "UNKNOWN" and "\n" not in text and len(text) <= MAX_LENGTH:
        return (free,)
    classifiers = metadata.get("classifier", [])
    return _each_once(
        printable(line.rpartition(" :: ")[2])
        for line in classifiers
        if line.startswith(_CLASSIFIER)
    )


def _is_expression(line: str) -> bool:
    if len(line) > MAX_LENGTH:
        return False
    return all(_SHORT_NAME.fullmatch(part) for part in _JOINT.split(line))


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))
