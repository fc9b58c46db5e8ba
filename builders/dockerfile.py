"""What a Dockerfile of the user's stands on, and the same one with our labels in every stage.

Labels of a build request reach only the last stage's image; an image inherits those of what it is
made from. So each stage gets them behind its FROM, and what a build leaves is found by label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_FROM = re.compile(r"FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$", re.IGNORECASE)
_ARG = re.compile(r"ARG\s+(\w+)(?:=(\S*))?", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})")
_NOTHING = "scratch"


@dataclass(frozen=True)
class Instruction:
    """One instruction, its continued lines joined; `end` is the number of lines up to its end."""

    text: str
    end: int


def instructions(text: str) -> Iterator[Instruction]:
    """All of them, without comments and blank lines."""
    pending = ""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.endswith("\\"):
            pending += stripped[:-1] + " "
        else:
            yield Instruction(pending + stripped, number)
            pending = ""


def base_images(text: str, build_args: Mapping[str, str]) -> tuple[str, ...]:
    """The images that its stages begin from, each once; stages of its own are none.

    Args:
        text: of the Dockerfile.
        build_args: those of the build, which go before the defaults of its ARGs.
    """
    known: dict[str, str] = {}
    stages, found = {_NOTHING}, []
    for one in instructions(text):
        if argument := _ARG.match(one.text):
            known[argument[1]] = build_args.get(argument[1], (argument[2] or "").strip("\"'"))
        elif begins := _FROM.match(one.text):
            reference = _filled(begins[1], known)
            if reference and reference not in stages:
                found.append(reference)
            stages.add(begins[2] or _NOTHING)
    return tuple(dict.fromkeys(found))


def labelled(text: str, labels: Mapping[str, str]) -> str:
    """The same Dockerfile, with these labels on what each stage makes."""
    pairs = " ".join(f'{key}="{value}"' for key, value in labels.items())
    lines = text.splitlines()
    ends = [one.end for one in instructions(text) if _FROM.match(one.text)]
    for end in reversed(ends):
        lines.insert(end, f"LABEL {pairs}")
    return "\n".join(lines) + "\n"


def _filled(reference: str, known: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda one: known.get(one[1] or one[2], "") or one[3] or "", reference)
