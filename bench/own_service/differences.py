"""Two values of JSON, compared part by part: numbers to a tolerance, all else exactly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Optional

LONGEST_VALUE = 60  # characters


@dataclass(frozen=True)
class Found:
    """A comparison; `reason` is empty where it holds, `difference` is that of two numbers."""

    reason: str = ""
    difference: Optional[float] = None


def differences(ours: Any, theirs: Any, path: str, tolerance: float) -> Iterator[Found]:
    """Every part of two values, named by its place below `path`.

    Args:
        ours: of the answer.
        theirs: what is expected.
        path: of both.
        tolerance: largest difference of a number.
    """
    if _is_number(ours) and _is_number(theirs):
        yield _numbers(ours, theirs, path, tolerance)
    elif isinstance(ours, dict) and isinstance(theirs, dict):
        yield from _keys(ours, theirs, path)
        for key in sorted(theirs.keys() & ours.keys()):
            yield from differences(ours[key], theirs[key], f"{path}.{key}", tolerance)
    elif isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            yield Found(f"{path} has {len(ours)} items instead of {len(theirs)}")
        for number, (our, their) in enumerate(zip(ours, theirs)):
            yield from differences(our, their, f"{path}[{number}]", tolerance)
    else:
        same = type(ours) is type(theirs) and ours == theirs
        yield Found("" if same else f"{path} is {_told(ours)} instead of {_told(theirs)}")


def _numbers(ours: float, theirs: float, path: str, tolerance: float) -> Found:
    difference = abs(ours - theirs)
    if difference <= tolerance:
        return Found("", difference)
    # Not a number is within no tolerance, and no difference either.
    known = difference if difference == difference else None  # noqa: PLR0124
    return Found(f"{path} is {ours} instead of {theirs}, beyond {tolerance:g}", known)


def _keys(ours: dict[str, Any], theirs: dict[str, Any], path: str) -> Iterator[Found]:
    for key in sorted(theirs.keys() ^ ours.keys()):
        what = "is missing" if key in theirs else "isn't in what is expected"
        yield Found(f"{path}.{key} {what}")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _told(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."
