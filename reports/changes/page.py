"""What changed between two records, in Markdown that fits a pull request's comment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.changes import words
from reports.changes.evidence import sized
from reports.changes.growth import Part, layer_parts, package_parts
from reports.changes.shifts import Changes, Shift
from reports.formats import percent, signed
from reports.markup import MISSING, bullets, code, prose, sentence, table

TITLE = "## slimbench compare"
MOST = 5  # packages and layers each, for a variant
NOTHING = "No change: every exact figure is the same, and no time can be told apart."


def markdown(found: Changes) -> str:
    """The page; it says so where nothing changed."""
    parts = [TITLE, *_variants(found), *_table(found), *_bytes(found)]
    if len(parts) == 1:
        parts.append(NOTHING)
    notes = [*words.about_conditions(found), *words.about_noise(found)]
    if notes:
        parts += ["### To know", bullets(sentence(note) for note in notes)]
    return "\n\n".join(parts) + "\n"


def _variants(found: Changes) -> Iterator[str]:
    lines = [sentence(told) for told in words.about_variants(found)]
    lines += [f"{code(name)}: {_status(found, name)}" for name in found.shared]
    changed = [line for line in lines if not line.endswith(": ")]
    if changed:
        yield bullets(changed)


def _status(found: Changes, name: str) -> str:
    """`measured, then failed (verify): why`; empty where it is the same."""
    old, new = found.old[name], found.new[name]
    if old.status == new.status:
        return ""
    why = f" ({new.failed_step}): {new.reason}" if new.status == "failed" else ""
    return sentence(f"{old.status}, then {new.status}{why}")


def _table(found: Changes) -> Iterator[str]:
    """One row for each metric of a variant that changed."""
    rows = [_row(shift) for shift in found.shifts if shift.counts]
    if rows:
        headings = ["variant", "metric", "before", "after", "change", "verdict"]
        yield table(headings, rows, ["left", "left", "right", "right", "right", "left"])


def _row(shift: Shift) -> list[str]:
    metric = shift.metric
    return [
        code(shift.variant),
        metric.column.name + (f", {metric.column.unit}" if metric.column.unit else ""),
        metric.column.text(shift.before),
        metric.column.text(shift.after),
        _change(shift),
        verdict(shift),
    ]


def _change(shift: Shift) -> str:
    if shift.difference is None or isinstance(shift.after, bool):
        return MISSING
    change = signed(shift.difference, shift.metric.column.show)
    share = f" ({signed(shift.difference / shift.before, percent)} %)" if shift.before else ""
    return f"{change}{share}"


def verdict(shift: Shift) -> str:
    """`slower: 1.082 times (1.051 to 1.110)`, or `exact`."""
    found = shift.comparison
    if found is None or found.verdict is None:
        return "exact"
    word = (shift.metric.words or {}).get(found.verdict, found.verdict)
    return f"**{word}** {words.ratio_of(found)}"


def _bytes(found: Changes) -> Iterator[str]:
    """Packages and layers that grew or shrank most."""
    rows = [row for name in found.shared for row in _parts(found, name)]
    if rows:
        yield "### Packages and layers that changed most"
        yield table(["variant", "what"], rows, ["left", "left"])


def _parts(found: Changes, name: str) -> Iterator[list[str]]:
    for kind in parts_of(found, name):
        for part in kind[:MOST]:
            yield [code(name), prose(sized(part, is_change=True))]
        if len(kind) > MOST:
            yield [code(name), f"and {len(kind) - MOST} more"]


def parts_of(found: Changes, name: str) -> Sequence[tuple[Part, ...]]:
    """The variant's packages and its layers that differ, each with the largest difference first."""
    old, new = found.old[name].image, found.new[name].image
    if old is None or new is None:
        return ()
    return package_parts(old, new), layer_parts(old, new, lambda layer: layer.size_bytes)
