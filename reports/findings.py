"""The second half of an inspection's page: waste, what an attacker finds, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.inspection.facts import Duplicate, ImageFacts, Superseded, Waste
from bench.inspection.finding_types import Hint, Security, Tool
from reports.formats import count, decimals, megabytes
from reports.pieces import Advice, Column, Extent, Grid, Heading, Items, Pairs, Piece

TOLD_BYTES = 50_000  # of a file that is told by its path: what doesn't print as 0.0 MB
_FINDINGS = (
    ("setuid", "setuid"),
    ("setgid", "setgid"),
    ("capabilities", "capabilities"),
    ("world-writable", "world_writable"),
)


def findings(facts: ImageFacts, extent: Extent) -> Iterator[Piece]:
    """From waste to hints; a section with nothing in it is left out, but what is reassuring."""
    if facts.waste.superseded or facts.waste.duplicates:
        yield from _waste(facts.waste, extent.findings)
    yield Heading("What an attacker finds")
    yield Pairs((*_tools(facts.tools), *_security(facts.security, extent.findings)))
    if facts.security.secrets:
        yield Heading("Secrets", "masked; the layers hold them, whatever later ones remove")
        yield _secrets(facts.security)
    if facts.losses:
        yield Heading("What you lose", "and what to do instead")
        yield Items(tuple((one.lost, one.instead) for one in facts.losses))
    if facts.hints:
        yield Heading("Hints", "what saves most first")
        for hint in sorted(facts.hints, key=lambda hint: -(hint.saves_bytes or 0)):
            yield _hint(hint, extent.evidence)


def _waste(waste: Waste, most: int) -> Iterator[Piece]:
    aside = (
        f"{megabytes(waste.superseded_bytes)} MB can't be seen any more,"
        f" {megabytes(waste.duplicate_bytes)} MB are copies"
    )
    yield Heading("Waste", aside)
    columns = (Column("MB", "number"), Column("why"), Column("path", "path"))
    hidden = [one for one in waste.superseded if one.size_bytes >= TOLD_BYTES][:most]
    copies = [one for one in waste.duplicates if _wasted_bytes(one) >= TOLD_BYTES][:most]
    rows = [(megabytes(one.size_bytes), _why(one), one.path) for one in hidden]
    rows += [row for one in copies for row in _copies(one)]
    left = (
        (waste.superseded_files - len(hidden), "files that can't be seen"),
        (waste.duplicate_groups - len(copies), "groups of copies"),
    )
    told = " and ".join(f"{count(number)} more {what}" for number, what in left if number)
    yield Grid(columns, rows, told)


def _why(one: Superseded) -> str:
    how = "rewritten" if one.how == "replaced" else "removed"
    same = ", same content" if one.same_content else ""
    return f"layer {one.written_in}, {how} in {one.superseded_in}{same}"


def _copies(one: Duplicate) -> Iterator[tuple[str, str, str]]:
    times = f"stored {count(len(one.paths))} times"
    yield megabytes(_wasted_bytes(one)), times, one.paths[0]
    yield "", "", one.paths[1]


def _wasted_bytes(one: Duplicate) -> int:
    return one.size_bytes * (len(one.paths) - 1)


def _tools(tools: Sequence[Tool]) -> Iterator[tuple[str, str]]:
    kinds = dict.fromkeys(tool.kind for tool in tools)
    for kind in kinds:
        names = dict.fromkeys(tool.name for tool in tools if tool.kind == kind)
        yield kind, ", ".join(names)
    if not kinds:
        yield "tools", "none: no shell, package manager, compiler or downloader"


def _security(security: Security, most: int) -> Iterator[tuple[str, str]]:
    yield "runs as", "root" if security.root_user else "a user that isn't root"
    for title, field in _FINDINGS:
        paths: tuple[str, ...] = getattr(security, field)
        more = f" and {count(len(paths) - most)} more" if len(paths) > most else ""
        yield title, f"{len(paths)}: {', '.join(paths[:most])}{more}" if paths else "none"


def _secrets(security: Security) -> Grid:
    columns = (Column("kind"), Column("where"), Column("layer", "number"), Column("masked"))
    rows = (
        (one.kind, one.where, "" if one.layer is None else str(one.layer), one.masked)
        for one in security.secrets
    )
    return Grid(columns, tuple(rows))


def _hint(hint: Hint, most: int) -> Advice:
    shown, left = hint.evidence[:most], len(hint.evidence) - most
    lines = (*shown, f"and {left} more") if left > 0 else shown
    return Advice(hint.title, _saving(hint), lines, hint.dockerfile)


def _saving(hint: Hint) -> str:
    saved = []
    if hint.saves_bytes:
        saved.append(f"{megabytes(hint.saves_bytes)} MB")
    if hint.saves_ms:
        saved.append(f"up to {decimals(0)(hint.saves_ms)} ms of each start")
    return f"saves {' and '.join(saved)}" if saved else ""
