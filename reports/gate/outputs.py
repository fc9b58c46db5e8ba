"""A verdict for programs, pull requests and people: JSON, Markdown, and for the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from reports.formats import count, finite
from reports.gate.check import Check, Outcome, Verdict
from reports.markup import bullets, code, prose, sentence, table
from reports.page import show as show_page
from reports.pieces import Heading, Items, Piece

VERSION = 1  # raise it when a field goes, or comes to mean something else
_HEADINGS: dict[Outcome, str] = {
    "missed": "Missed",
    "not sure": "Not sure",
    "not compared": "Not compared",
}


def headline(verdict: Verdict) -> str:
    """`2 of 47 limits are missed`, in words."""
    missed, held_to = len(verdict.ended("missed")), len(verdict.checks)
    if not held_to:
        return "no limit applies"
    if not missed:
        return f"all {count(held_to)} limits hold" if held_to > 1 else "the limit holds"
    return f"{count(missed)} of {count(held_to)} limits {'is' if missed == 1 else 'are'} missed"


def show(verdict: Verdict) -> None:
    """Print it for a person."""
    show_page(_pieces(verdict))


def _pieces(verdict: Verdict) -> Iterator[Piece]:
    yield Heading(f"Gate: {headline(verdict)}")
    for outcome, heading in _HEADINGS.items():
        ended = verdict.ended(outcome)
        if ended:
            yield Heading(heading)
            yield Items([(f"{one.variant}: {one.told}", _because(one)) for one in ended])
    if verdict.notes:
        yield Heading("To know")
        yield Items([(note, "") for note in verdict.notes])


def _because(check: Check) -> str:
    return f"{because(check)}: {', '.join(check.evidence)}" if check.evidence else ""


def because(check: Check) -> str:
    """What the evidence is."""
    return "grew" if check.against == "baseline" else "found"


def markdown(verdict: Verdict, title: str = "slimbench gate") -> str:
    """A summary that fits a pull request's comment: what isn't held, and how much is."""
    parts = [f"## {title}: {headline(verdict)}"]
    for outcome, heading in _HEADINGS.items():
        ended = verdict.ended(outcome)
        if ended:
            rows = ([code(one.variant), code(one.key), _cell(one)] for one in ended)
            told = table(["variant", "limit", "found"], rows, ["left"] * 3)
            parts += [f"### {heading}", told]
    if verdict.notes:
        parts += ["### To know", bullets(sentence(note) for note in verdict.notes)]
    return "\n\n".join(parts) + "\n"


def _cell(check: Check) -> str:
    more = f"<br>{because(check)}: {prose(', '.join(check.evidence))}" if check.evidence else ""
    return f"{prose(check.told)}{more}"


def as_json(verdict: Verdict) -> str:
    """For programs: `docs/gate.md` describes the keys."""
    content = {
        "version": VERSION,
        "holds": verdict.holds,
        "checks": [_check(check) for check in verdict.checks],
        "notes": list(verdict.notes),
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _check(check: Check) -> dict[str, Any]:
    found = check.comparison
    return {
        "variant": check.variant,
        "key": check.key,
        "against": check.against,
        "outcome": check.outcome,
        "told": check.told,
        "value": finite(check.value),
        "limit": check.limit,
        "baseline": finite(check.baseline),
        "interval": check.interval,
        "ratio": None if found is None else found.ratio,
        "ratio_interval": None if found is None else found.interval,
        "corrected_p": None if found is None else found.corrected_p,
        "noise_floor": None if found is None else found.noise_floor,
        "evidence": list(check.evidence),
    }
