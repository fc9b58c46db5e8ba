"""The instructions of a Dockerfile, their variables and their words.

Any text gives instructions; what the builder would refuse is its to tell. Syntax: the Dockerfile
reference, "Format", "Parser directives", "Here-Documents" and "Environment replacement".
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_ESCAPE = re.compile(r"#\s*escape\s*=\s*(\S)\s*$", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*\w+\s*=")
_HERE_DOCUMENT = re.compile(r"<<(-?)([\"']?)(\w+)\2")
_WITH_HERE_DOCUMENTS = frozenset({"RUN", "COPY", "ADD"})
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::([-+])([^}]*))?\})")


@dataclass(frozen=True)
class Instruction:
    """One instruction, its continued lines joined: its word in capitals, and the rest.

    `line` is that on which it begins, `end` that on which it ends.
    """

    word: str
    value: str
    line: int
    end: int


def instructions(text: str) -> Iterator[Instruction]:
    """Each instruction in turn; comments, continuations and here-documents are taken out."""
    lines = text.splitlines()
    escape = _escape(lines)
    numbered = iter(enumerate(lines, start=1))
    for number, line in numbered:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        whole, end = _continued(line, number, numbered, escape)
        word, _, value = whole.strip().partition(" ")
        found = Instruction(word.upper(), value.strip(), number, end)
        if found.word in _WITH_HERE_DOCUMENTS:
            _pass_over(_HERE_DOCUMENT.findall(value), numbered)
        yield found


def _escape(lines: list[str]) -> str:
    """The character that continues a line: a directive can choose it, before all else."""
    for line in lines:
        if not _DIRECTIVE.match(line):
            break
        if chosen := _ESCAPE.match(line):
            return chosen[1]
    return "\\"


def _continued(
    line: str, number: int, following: Iterator[tuple[int, str]], escape: str
) -> tuple[str, int]:
    """The line with those that continue it, and the number of the last; comments don't count."""
    parts = [line]
    while parts[-1].rstrip().endswith(escape):
        parts[-1] = parts[-1].rstrip()[: -len(escape)]
        more = ((n, text) for n, text in following if text.strip() and text.lstrip()[:1] != "#")
        number, text = next(more, (number, ""))
        parts.append(text)
    return " ".join(" ".join(parts).split("\t")), number


def _pass_over(documents: list[tuple[str, str, str]], following: Iterator[tuple[int, str]]) -> None:
    for dash, _, end in documents:
        next((text for _, text in following if (text.lstrip("\t") if dash else text) == end), None)


def expanded(text: str, values: Mapping[str, str]) -> str:
    """Text with its variables replaced; one without a value becomes nothing."""

    def value(match: re.Match[str]) -> str:
        known = values.get(match[1] or match[2], "")
        if match[3] == "+":
            return match[4] if known else ""
        return known or match[4] or ""

    return _VARIABLE.sub(value, text)


def words(value: str) -> tuple[str, ...]:
    """The words of a command, be it written as a JSON list or as a line of shell."""
    try:
        listed = json.loads(value)
    except (ValueError, RecursionError):
        listed = None
    if isinstance(listed, list):
        return tuple(word for word in listed if isinstance(word, str))
    try:
        return tuple(shlex.split(value))
    except ValueError:  # a quotation mark without its other
        return tuple(value.split())


def pairs(value: str) -> dict[str, str]:
    """What ENV sets, in either of its forms."""
    parts = words(value)
    if parts and "=" not in parts[0]:
        return {parts[0]: " ".join(parts[1:])}
    return dict(part.split("=", 1) for part in parts if "=" in part)


def begun(value: str) -> tuple[str, str]:
    """What a FROM says: the image or stage that it begins from, and the stage's own name or ""."""
    parts = [word for word in value.split() if not word.startswith("--")]
    name = parts[2] if len(parts) > 2 and parts[1].upper() == "AS" else ""
    return (parts[0] if parts else ""), name
