"""What one does without who ships a variant instead of the reference."""

from __future__ import annotations

from collections.abc import Iterator

from bench.record_types import Record, VariantRecord
from reports.formats import percent
from reports.markup import code, listed, prose


def lost(record: Record, chosen: VariantRecord) -> Iterator[str]:
    """What operators miss, and what answers differ; nothing of the reference itself."""
    reference = next((row for row in record.variants if row.name == record.reference), None)
    if reference is not None and reference.name != chosen.name:
        yield from _operators(reference, chosen)
        yield from _answers(chosen)


def _operators(reference: VariantRecord, chosen: VariantRecord) -> Iterator[str]:
    """Exact, from both images; nothing where one of them wasn't taken apart."""
    if reference.image is None or chosen.image is None:
        return
    had = {loss.lost for loss in reference.image.losses}
    lacks = [_in_short(loss.lost) for loss in chosen.image.losses if loss.lost not in had]
    whose = f"Whoever ships {code(chosen.name)} instead of {code(reference.name)}"
    if lacks:
        yield f"{whose} has {listed(lacks)}; What you lose tells what to do instead."
        return
    kept = {tool.name for tool in chosen.image.tools}
    gone = sorted({tool.name for tool in reference.image.tools} - kept)
    less = listed(list(map(code, gone))) if gone else "nothing that operators reach for"
    yield f"{whose} loses {less}."


def _in_short(text: str) -> str:
    """`no shell` of `no shell: docker exec fails`."""
    return prose(text.split(":", maxsplit=1)[0])


def _answers(chosen: VariantRecord) -> Iterator[str]:
    found = chosen.verification
    if found is not None and found.top1_wanted is not None and found.top1_agreement is not None:
        yield (
            f"{code(chosen.name)} answers otherwise than {code(found.reference)} on"
            f" {percent(1 - found.top1_agreement)} % of {len(found.pictures)} pictures: their best"
            " class is another."
        )
