"""Where the bytes are: each variant's final files by category, and who owns the most of them."""

from __future__ import annotations

from collections.abc import Iterator

from bench.inspection.facts import ImageFacts, Owner
from bench.record_types import Record
from reports.column import Column
from reports.formats import megabytes
from reports.frame import turned
from reports.image_columns import CATEGORIES, WHERE
from reports.judgement import number
from reports.markup import MISSING, code, escape, table

LARGEST = 5


def by_category(record: Record) -> str:
    """Categories with any bytes, the largest first, and below them what makes the whole size."""
    return turned(record, [*categories(record), *WHERE], "MB")


def categories(record: Record) -> tuple[Column, ...]:
    """Those that any variant has bytes of, the largest sum over the variants first."""
    sums = {column: _sum(column, record) for column in CATEGORIES}
    return tuple(sorted((one for one in sums if sums[one]), key=lambda one: -sums[one]))


def _sum(column: Column, record: Record) -> float:
    return sum(number(column, variant) or 0 for variant in record.variants)


def largest_owners(record: Record) -> str:
    """The five owners of each variant with the most bytes, and what is left for all others."""
    headings = ["variant", "largest, MB", "2nd", "3rd", "4th", "5th", "all others"]
    rows = (
        [code(variant.name), *(_owners(variant.image) if variant.image else [MISSING] * 6)]
        for variant in record.variants
    )
    return table(headings, rows, ["left"] * len(headings))


def _owners(image: ImageFacts) -> Iterator[str]:
    owners = sorted(image.owners, key=lambda owner: -owner.size_bytes)
    largest, others = owners[:LARGEST], owners[LARGEST:]
    yield from map(_owner, largest)
    yield from [""] * (LARGEST - len(largest))
    left = sum(owner.size_bytes for owner in others)
    yield f"{megabytes(left)} of {len(others)}" if others else ""


def _owner(owner: Owner) -> str:
    return f"{escape(owner.name)} {megabytes(owner.size_bytes)}"
