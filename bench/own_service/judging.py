"""Whether an answer is what the matrix, or the reference, says that it must be: pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Optional

import jsonpath

from bench.own_service.differences import Found, differences
from builders.own_answers import CommandExpectation, Expectation, ExpectedText, HttpExpectation

LONGEST_QUOTE = 100  # characters


@dataclass(frozen=True)
class Given:
    """What came: the status or exit code, and the text of the body or of standard output."""

    code: int
    text: str


@dataclass(frozen=True)
class Judgement:
    """`reason` is empty for a right answer; `compared` counts values and texts."""

    reason: str
    compared: int
    max_abs_diff: Optional[float]


def judge(given: Given, expected: Expectation, reference: Optional[Given]) -> Judgement:
    """Hold an answer to what is expected; the first thing wrong is the reason.

    Args:
        given: the answer.
        expected: what the matrix says.
        reference: the reference's answer; None where the given one is that.
    """
    wrong_code = _wrong_code(given, expected)
    if wrong_code:
        return Judgement(wrong_code, 0, None)
    found = tuple(_all(given, expected, reference))
    numbers = [one.difference for one in found if one.difference is not None]
    reason = next((one.reason for one in found if one.reason), "")
    return Judgement(reason, len(found), max(numbers, default=None))


def _wrong_code(given: Given, expected: Expectation) -> str:
    said = f", saying {_quoted(given.text)}" if given.text.strip() else ""
    if isinstance(expected, HttpExpectation) and given.code != expected.status:
        return f"answered with status {given.code} instead of {expected.status}{said}"
    if isinstance(expected, CommandExpectation) and given.code != expected.exit_code:
        return f"ended with exit code {given.code} instead of {expected.exit_code}{said}"
    return ""


def _all(given: Given, expected: Expectation, reference: Optional[Given]) -> Iterator[Found]:
    explicit = bool(expected.json_values or expected.text or expected.same)
    if expected.json_values:
        yield from _values(given, expected)
    if expected.text is not None:
        yield from _text(given.text.strip(), expected.text)
    if reference is None:
        return
    if expected.same:
        yield from _same(given, reference, expected)
    elif not explicit:
        yield from _whole(given.text, reference.text, expected.tolerance)


def _values(given: Given, expected: Expectation) -> Iterator[Found]:
    for path, wanted in expected.json_values.items():
        nodes = _nodes(path, given.text)
        if nodes is None:
            yield Found(f"the answer is no JSON: {_quoted(given.text)}")
            return
        if len(nodes) != 1:
            many = f"finds {len(nodes)} values" if nodes else "finds nothing"
            yield Found(f"{path} {many} in the answer {_quoted(given.text)}")
        else:
            yield from differences(nodes[0], wanted, path, expected.tolerance)


def _text(text: str, wanted: ExpectedText) -> Iterator[Found]:
    checks: tuple[tuple[Optional[str], str, Callable[[str], bool]], ...] = (
        (wanted.equals, "isn't", lambda whole: text == whole.strip()),
        (wanted.contains, "doesn't hold", lambda part: part in text),
        (wanted.matches, "doesn't match", lambda form: re.search(form, text) is not None),
    )
    for what, fails, holds in checks:
        if what is not None:
            reason = "" if holds(what) else f"the answer {_quoted(text)} {fails} {_quoted(what)}"
            yield Found(reason)


def _same(given: Given, reference: Given, expected: Expectation) -> Iterator[Found]:
    for path in expected.same:
        ours, theirs = _nodes(path, given.text), _nodes(path, reference.text)
        if ours is None or theirs is None:
            whose = "the answer" if ours is None else "the reference's answer"
            yield Found(
                f"{whose} is no JSON: {_quoted((given if ours is None else reference).text)}"
            )
            return
        if not theirs:
            yield Found(f"{path} finds nothing in the reference's answer {_quoted(reference.text)}")
        elif len(ours) != len(theirs):
            yield Found(f"{path} finds {len(ours)} values instead of the reference's {len(theirs)}")
        for our, their in zip(ours, theirs):
            yield from differences(our, their, path, expected.tolerance)


def _whole(text: str, wanted: str, tolerance: float) -> Iterator[Found]:
    """The whole answer: as JSON where the reference's is, else as text."""
    try:
        their = json.loads(wanted)
    except ValueError:
        same = text.strip() == wanted.strip()
        told = f"{_quoted(text)} isn't the reference's answer {_quoted(wanted)}"
        yield Found("" if same else told)
        return
    try:
        our = json.loads(text)
    except ValueError:
        yield Found(f"the answer is no JSON, as the reference's is: {_quoted(text)}")
        return
    yield from differences(our, their, "$", tolerance)


def _nodes(path: str, text: str) -> Optional[Sequence[Any]]:
    """What a path finds in JSON; None where the text is none."""
    try:
        json.loads(text)
    except ValueError:
        return None
    return jsonpath.findall(path, text)


def _quoted(text: str) -> str:
    short = " ".join(text.split())
    return repr(short if len(short) <= LONGEST_QUOTE else f"{short[: LONGEST_QUOTE - 3]}...")
