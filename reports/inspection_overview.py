"""Several inspected images side by side: their sizes, and what a node stores and pulls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional

from bench.inspection.facts import ImageFacts
from bench.inspection.sharing import Pull, Share, Sharing
from reports.formats import megabytes
from reports.inspection import BAR, MB, UNMEASURED, bar
from reports.pieces import Column, Grid, Heading, Piece

_NUMBERS = ("gzip", "shared", "own", "files")


def page(found: Mapping[str, ImageFacts], shared: Sharing) -> Iterator[Piece]:
    """A row for each image, the largest first, and the least that it takes to pull each."""
    names = sorted(found, key=lambda name: -found[name].size_bytes)
    shares = {share.image: share for share in shared.shares}
    largest_bytes = found[names[0]].size_bytes
    yield Heading("Images", "MB; shared: in layers that another of these has too")
    columns = (Column("image", "path"), BAR, MB, *(Column(name, "number") for name in _NUMBERS))
    rows = tuple(_row(found[name], shares[name], largest_bytes) for name in names)
    yield Grid(columns, rows, _unmeasured(found))
    yield Heading("What a node pulls", "where it has another image, the one that spares most")
    columns = (
        Column("image", "path"),
        Column("when it has", "path"),
        BAR,
        MB,
        Column("gzip", "number"),
    )
    yield Grid(columns, tuple(_pulls(names, shared.pulls)))


def _row(facts: ImageFacts, share: Share, largest_bytes: int) -> tuple[str | float, ...]:
    return (
        share.image,
        bar(facts.size_bytes, largest_bytes),
        megabytes(facts.size_bytes),
        _or_dash(facts.compressed_bytes),
        megabytes(share.shared.size_bytes),
        megabytes(share.unique.size_bytes),
        megabytes(facts.file_bytes),
    )


def _pulls(names: list[str], pulls: tuple[Pull, ...]) -> Iterator[tuple[str | float, ...]]:
    least = [
        min((pull for pull in pulls if pull.image == name), key=lambda one: one.lacking.size_bytes)
        for name in names
    ]
    largest_bytes = max(pull.lacking.size_bytes for pull in least)
    for pull in least:
        size_bytes = pull.lacking.size_bytes
        yield (
            pull.image,
            pull.present,
            bar(size_bytes, largest_bytes),
            megabytes(size_bytes),
            _or_dash(pull.lacking.compressed_bytes),
        )


def _unmeasured(found: Mapping[str, ImageFacts]) -> str:
    missing = any(facts.compressed_bytes is None for facts in found.values())
    return f"gzip {UNMEASURED}" if missing else ""


def _or_dash(size_bytes: Optional[int]) -> str:
    return "-" if size_bytes is None else megabytes(size_bytes)
