"""What to mend: the hints for one image in full, those for all in short, and what one loses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from bench.inspection.finding_types import Hint
from bench.record_types import Record, VariantRecord
from reports.formats import decimals, megabytes
from reports.markup import MISSING, block, bullets, code, prose, table

_milliseconds = decimals(1)


def largest(record: Record) -> Optional[VariantRecord]:
    """The variant of the largest image, of equal ones the first; None where none was inspected."""
    known = [variant for variant in record.variants if variant.image is not None]
    return max(known, key=_size_bytes, default=None)


def _size_bytes(variant: VariantRecord) -> int:
    return variant.image.size_bytes if variant.image else 0


def in_full(variant: VariantRecord) -> str:
    """Every hint for one image: what it would save, evidence, and the Dockerfile's line."""
    numbered = enumerate(_hints(variant), start=1)
    return "\n\n".join(_hint(number, hint) for number, hint in numbered) or "No advice."


def _hint(number: int, hint: Hint) -> str:
    title = f"**{number}. {prose(hint.title)}** ({code(hint.id)}{_saving(hint)})"
    parts = (title, bullets(map(prose, hint.evidence)), block(hint.dockerfile, "dockerfile"))
    return "\n\n".join(filter(None, parts))


def _saving(hint: Hint) -> str:
    saved = []
    if hint.saves_bytes is not None:
        saved.append(f"{megabytes(hint.saves_bytes)} MB")
    if hint.saves_ms is not None:
        saved.append(f"at most {_milliseconds(hint.saves_ms)} ms of a start")
    return f", saves {' and '.join(saved)}" if saved else ""


def in_short(record: Record) -> str:
    """Each hint that any variant has: what it would save there."""
    ids = dict.fromkeys(hint.id for variant in record.variants for hint in _hints(variant))
    rows = ([code(one), *(_found(one, variant) for variant in record.variants)] for one in ids)
    names = (code(variant.name) for variant in record.variants)
    return table(["MB saved", *names], rows, ["left", *["right"] * len(record.variants)])


def _hints(variant: VariantRecord) -> tuple[Hint, ...]:
    return variant.image.hints if variant.image else ()


def _found(hint_id: str, variant: VariantRecord) -> str:
    if variant.image is None:
        return MISSING
    given = [hint for hint in variant.image.hints if hint.id == hint_id]
    if not given:
        return ""
    saved = [hint.saves_bytes for hint in given if hint.saves_bytes is not None]
    return megabytes(sum(saved)) if saved else "yes"


def losses(record: Record) -> str:
    """What the images lack that operators reach for, each once, with the variants it is true of."""
    lacking: dict[tuple[str, str], list[str]] = {}
    for variant in record.variants:
        for loss in variant.image.losses if variant.image else ():
            lacking.setdefault((loss.lost, loss.instead), []).append(code(variant.name))
    rows = (
        [prose(lost), ", ".join(names), prose(instead)]
        for (lost, instead), names in lacking.items()
    )
    return table(["you lose", "in", "instead"], rows, ["left"] * 3)


def secrets(record: Record) -> str:
    """Where each image holds what looks like a secret; the values are masked in the record."""
    return (
        bullets(_secrets(record)) or "No inspected image holds anything that looks like a secret."
    )


def _secrets(record: Record) -> Iterator[str]:
    for variant in record.variants:
        for secret in variant.image.security.secrets if variant.image else ():
            layer = f" in layer {secret.layer}" if secret.layer is not None else ""
            what = f"{prose(secret.kind)}, {code(secret.masked)}"
            yield f"{code(variant.name)}: {prose(secret.where)}{layer}: {what}"
