"""The second half of a difference's page: tools, security, secrets, settings and hints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.inspection.difference_types import Difference
from bench.inspection.finding_types import Hint
from reports.formats import count, megabytes
from reports.pieces import Column, Grid, Heading, Piece

PATHS = 5
TOOLS = 30


def findings(found: Difference) -> Iterator[Piece]:
    """What an operator or attacker finds in one of the images only, and the settings."""
    apart = tuple(_apart(found))
    if apart:
        yield Heading("Found in one only")
        columns = (Column("what"), Column("only in the first"), Column("only in the second"))
        yield Grid(columns, apart)
    if found.settings:
        yield Heading("Settings")
        columns = (Column("setting"), Column("first"), Column("second"))
        rows = ((one.name, one.before or "-", one.after or "-") for one in found.settings)
        yield Grid(columns, tuple(rows))
    if found.hints_only_before or found.hints_only_after:
        yield Heading("Hints", "that are given for one only")
        columns = (Column("only in"), Column("MB", "number"), Column("hint"))
        first = _hints("first", found.hints_only_before)
        yield Grid(columns, (*first, *_hints("second", found.hints_only_after)))


def _apart(found: Difference) -> Iterator[Sequence[str]]:
    tools = found.tools_only_before, found.tools_only_after
    if any(tools):
        yield "tools", *(_listed([tool.name for tool in side], TOOLS) for side in tools)
    for one in found.security:
        yield one.name.replace("_", "-"), _listed(one.only_before), _listed(one.only_after)
    secrets = found.secrets_only_before, found.secrets_only_after
    if any(secrets):
        yield "secrets", *(_listed([f"{one.kind} in {one.where}" for one in s]) for s in secrets)


def _listed(names: Sequence[str], most: int = PATHS) -> str:
    known = tuple(dict.fromkeys(names))
    more = f" and {count(len(known) - most)} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more if known else "-"


def _hints(side: str, hints: Sequence[Hint]) -> Iterator[Sequence[str]]:
    for hint in sorted(hints, key=lambda one: -(one.saves_bytes or 0)):
        yield side, megabytes(hint.saves_bytes) if hint.saves_bytes else "", hint.title
