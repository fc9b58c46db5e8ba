"""Size against p95, and the variants that no other beats in both."""

from __future__ import annotations

from dataclasses import dataclass

from bench.record_types import Record, VariantRecord
from reports.columns import LATENCY_P95, MATCHING
from reports.formats import BYTES_PER_MB, yes_no
from reports.image_columns import SIZE
from reports.judgement import number
from reports.markup import one_line
from reports.pareto import pareto
from reports.pictures.picture import Caption


@dataclass(frozen=True)
class Spot:
    """One variant.

    Attributes:
        variant: its name.
        size_mb: of its image, uncompressed.
        p95_ms: over all requests.
        on_front: whether no other beats it.
        answers: how its answers differ from the reference's; empty where they don't.
    """

    variant: str
    size_mb: float
    p95_ms: float
    on_front: bool
    answers: str = ""


def spots(record: Record) -> tuple[Spot, ...]:
    """The variants whose size and p95 are known, the smallest image first."""
    front = pareto(record)
    known = (
        Spot(row.name, size_bytes / BYTES_PER_MB, p95_ms, row.name in front, _answers(row))
        for row in record.variants
        for size_bytes, p95_ms in [(number(SIZE, row), number(LATENCY_P95, row))]
        if size_bytes and p95_ms
    )
    return tuple(sorted(known, key=lambda spot: (spot.size_mb, spot.p95_ms)))


def _answers(row: VariantRecord) -> str:
    told = MATCHING.value(row)
    return "" if told in (None, yes_no(True)) else str(told)


def caption(found: tuple[Spot, ...]) -> Caption:
    """What the picture of them shows."""
    front = [spot for spot in found if spot.on_front]
    text = (
        "Points, one a variant, of the size of the image in MB against the p95 latency in ms:"
        f" {'; '.join(map(_told, found))}. The Pareto front, those that no other beats:"
        f" {', '.join(spot.variant for spot in front) or 'none'}."
    )
    return Caption("tradeoff", "Size against p95 latency", one_line(text))


def _told(spot: Spot) -> str:
    size = SIZE.show(spot.size_mb * BYTES_PER_MB)
    answers = f" ({spot.answers})" if spot.answers else ""
    return f"{spot.variant}{answers} {size} and {LATENCY_P95.show(spot.p95_ms)}"
