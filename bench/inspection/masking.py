"""Text with its secrets found, or masked: the only modules that see a value are this one's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, Optional

from bench.inspection.secret_assignments import ASSIGNED, CONFIG_SET, OPTION, unquoted
from bench.inspection.secret_forms import COMMAND_USER, IN_VALUES, Form
from bench.inspection.secret_values import is_secret_name, is_telling, kind_named, may_be_secret

MASK = "********"  # of one length, so that the secret's isn't told
MOST_SIGHTINGS = 20  # of one text

# An address first, so that its host stays; a known form before names, so that it is called by it.
_IN_VALUES = (*IN_VALUES, ASSIGNED)
_IN_COMMANDS = (*IN_VALUES, COMMAND_USER, CONFIG_SET, OPTION, ASSIGNED)
_SETTING = re.compile(r"(?:/bin/sh -c #\(nop\)\s+)?(?:ENV|ARG|LABEL)\s+")
_NEXT = re.compile(r"(\s+)(?=[\w.\"/-]{1,256}=)")  # between two settings of one step


class Sighting(NamedTuple):
    """A secret; `value` is for telling two apart, and never goes into what is kept or printed."""

    kind: str
    masked: str
    value: str


def masked(text: str) -> str:
    """A command with everything masked that may be a secret; URLs keep their host."""
    start, settings = _settings(text)
    if settings:
        return start + "".join(masked_setting(one) for one in settings)
    return _replaced(text, _IN_COMMANDS)


def masked_setting(line: str) -> str:
    """`NAME=value`, or `NAME value`, with what may be secret in the value masked."""
    name, between, value = _named(line)
    if between and is_secret_name(name) and may_be_secret(name, unquoted(value)):
        return f"{name}{between}{MASK}"
    return name + between + _replaced(value, _IN_VALUES)


def masked_arguments(arguments: Sequence[str]) -> tuple[str, ...]:
    """The words of a command; one behind `--password` is a password."""
    before = ("", *arguments)
    return tuple(
        MASK if _follows(option, word) and may_be_secret(option, word) else masked(word)
        for option, word in zip(before, arguments)
    )


def in_command(text: str) -> Iterator[Sighting]:
    """What is worth a report in a command."""
    _, settings = _settings(text)
    for setting in settings:
        yield from in_setting(setting)
    if not settings:
        yield from sightings(text, _IN_COMMANDS)


def in_setting(line: str) -> Iterator[Sighting]:
    """What is worth a report in `NAME=value`: a known form, or else the name's promise."""
    name, between, value = _named(line)
    plain = unquoted(value)
    known = tuple(sightings(value, _IN_VALUES))
    yield from known
    named = bool(between) and is_secret_name(name)
    if not known and named and may_be_secret(name, plain) and is_telling(plain):
        yield Sighting(kind_named(name), MASK, plain)


def in_arguments(arguments: Sequence[str]) -> Iterator[Sighting]:
    """What is worth a report in the words of a command."""
    for option, word in zip(("", *arguments), arguments):
        if _follows(option, word) and may_be_secret(option, word) and is_telling(word):
            yield Sighting(kind_named(option), f"{option} {MASK}", word)
        else:
            yield from in_command(word)


def sightings(text: str, forms: Iterable[Form]) -> Iterator[Sighting]:
    """What is worth a report in a text, form by form; nothing twice, and 20 at most."""
    return islice(_sightings(text, forms), MOST_SIGHTINGS)


def _sightings(text: str, forms: Iterable[Form]) -> Iterator[Sighting]:
    taken: list[tuple[int, int]] = []
    for form in forms:
        for found in form.pattern.finditer(text):
            start, end = found.span("secret")
            new = all(end <= first or last <= start for first, last in taken)
            if new and form.hides(found) and form.tells(found):
                taken.append((start, end))
                kind = form.kind or kind_named(found["name"])
                host = found.groupdict().get("host") or ""
                shown = f"{found['keep'].lstrip()}{MASK}{host}"
                yield Sighting(kind, shown, unquoted(found["secret"]))


def _replaced(text: str, forms: Iterable[Form]) -> str:
    for form in forms:

        def replacement(found: re.Match[str], form: Form = form) -> str:
            return found["keep"] + MASK if form.hides(found) else found[0]

        text = form.pattern.sub(replacement, text)
    return text


def _settings(text: str) -> tuple[str, list[str]]:
    """Start, settings and what is between them of an ENV, ARG or LABEL step; none for another."""
    start: Optional[re.Match[str]] = _SETTING.match(text)
    return (start[0], _NEXT.split(text[start.end() :])) if start else ("", [])


def _named(line: str) -> tuple[str, str, str]:
    """Name, what stands between, and value; the old form of ENV has a blank there."""
    found = re.match(r"([^\s=]+)(=|\s+)", line)
    return (found[1], found[2], line[found.end() :]) if found else (line, "", "")


def _follows(option: str, word: str) -> bool:
    """Whether a word is the value of the option before it."""
    return option.startswith("-") and is_secret_name(option) and not word.startswith("-")
