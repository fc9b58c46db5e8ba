"""What images cost together: layers they share, and what a node pulls for the next one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from bench.inspection.sharing import LayerBytes, Share, Sharing, sharing
from bench.record_types import Record
from reports.formats import megabytes
from reports.markup import MISSING, code, table


def shared_layers(record: Record) -> Optional[Sharing]:
    """What the inspected images have in common; None where fewer than two were inspected."""
    images = {row.name: row.image.layers for row in record.variants if row.image is not None}
    return sharing(images) if len(images) > 1 else None


def shares(found: Sharing) -> str:
    """Each image's layers that another has too, and its own."""
    headings = ["variant", "shared, MB", "compressed", "unique, MB", "compressed"]
    rows = ([code(share.image), *_sizes(share)] for share in found.shares)
    return table(headings, rows, ["left", *["right"] * 4])


def _sizes(share: Share) -> list[str]:
    sizes = (share.shared, share.unique)
    return [_megabytes(size) for one in sizes for size in (one.size_bytes, one.compressed_bytes)]


def pulls(found: Sharing) -> str:
    """Compressed bytes to pull: one row for what is there already, one column for what comes."""
    names = [share.image for share in found.shares]
    lacking = {(pull.present, pull.image): pull.lacking for pull in found.pulls}
    rows = [["nothing", *(_whole(share) for share in found.shares)]]
    rows += [
        [code(present), *(_pull(lacking, present, name) for name in names)] for present in names
    ]
    headings = ["there already", *map(code, names)]
    return table(headings, rows, ["left", *["right"] * len(names)])


def _whole(share: Share) -> str:
    sizes = (share.shared.compressed_bytes, share.unique.compressed_bytes)
    return _megabytes(None if None in sizes else sum(size or 0 for size in sizes))


def _pull(lacking: Mapping[tuple[str, str], LayerBytes], present: str, name: str) -> str:
    return "" if present == name else _megabytes(lacking[present, name].compressed_bytes)


def _megabytes(size_bytes: Optional[int]) -> str:
    return MISSING if size_bytes is None else megabytes(size_bytes)
