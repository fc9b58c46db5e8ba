"""Rows of a hand-written size and p95, for the tests of what to ship."""

from __future__ import annotations

from full_record import SLIM, full_record, starts
from report_images import MB

from bench.record_types import Record, VariantRecord


def sized(name: str, size_mb: int, about_ms: float, wide: float = 0.0) -> VariantRecord:
    """A row of 20 containers with 10 requests each.

    Args:
        name: the variant's.
        size_mb: of its only layer.
        about_ms: what requests take.
        wide: by what share the containers lie around that, half of them below.
    """
    image = SLIM.image
    assert image is not None
    layer = image.layers[0].model_copy(update={"size_bytes": size_mb * MB})
    timed = tuple(
        one.model_copy(
            update={"latency_ns": (round(about_ms * MB * (1 + wide * (number / 10 - 1))),) * 10}
        )
        for number, one in enumerate(starts(500, 1000))
    )
    small = image.model_copy(update={"layers": (layer,)})
    return SLIM.model_copy(update={"name": name, "image": small, "samples": timed})


def rows_of(*rows: VariantRecord) -> Record:
    """A record with these variants, whose reference measured twice is that of `full_record`."""
    return full_record().model_copy(update={"variants": rows})
