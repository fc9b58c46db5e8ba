"""Two records of one matrix for the tests of `compare` and `gate`: nobody measured them."""

from __future__ import annotations

from full_record import start
from report_records import measured, record

from bench.inspection.facts import ImageFacts, LayerFact, Owner
from bench.record_types import Record, VariantRecord

MB = 1_000_000
STARTS = 24


def run(*rows: VariantRecord, **more: object) -> Record:
    """A record of these rows."""
    return record(*rows).model_copy(update={"sampled": tuple(row.name for row in rows), **more})


def row(
    name: str, start_ms: int = 500, latency_us: int = 5000, size_mb: int = 200, **facts: object
) -> VariantRecord:
    """A measured variant: start k takes k ms longer than the first, each of 10 requests k us."""
    samples = tuple(start(number, start_ms, latency_us) for number in range(STARTS))
    made = measured(name, None, "something", size_mb, 500, 5, **facts)
    return made.model_copy(update={"samples": samples})


def rebuilt(variant: VariantRecord, **image: object) -> VariantRecord:
    """The variant from other inputs, with an image that differs in these facts."""
    assert variant.build is not None
    assert variant.image is not None
    build = variant.build.model_copy(update={"image_id": "sha256:new", "context_digest": "new"})
    facts = variant.image.model_copy(update={"image_id": "sha256:new", **image})
    return variant.model_copy(update={"build": build, "image": facts})


def heavier(variant: VariantRecord, package: str, more_bytes: int) -> VariantRecord:
    """The variant with a larger package, in its last layer."""
    image = variant.image
    assert image is not None
    *lower, last = image.layers
    grown = last.model_copy(update={"size_bytes": last.size_bytes + more_bytes})
    owners = tuple(_grown(owner, package, more_bytes) for owner in image.owners)
    return rebuilt(variant, layers=(*lower, grown), owners=owners)


def _grown(owner: Owner, package: str, more_bytes: int) -> Owner:
    if owner.name != package:
        return owner
    size_bytes = owner.size_bytes + more_bytes
    return owner.model_copy(update={"size_bytes": size_bytes, "version": f"{owner.version}.1"})


def with_steps(image: ImageFacts, *steps: tuple[str, int]) -> ImageFacts:
    """The image of these layers: each a step and its size in bytes."""
    return image.model_copy(update={"layers": tuple(_layer(*step) for step in steps)})


def _layer(step: str, size_bytes: int) -> LayerFact:
    return LayerFact(
        diff_id=f"sha256:{step}",
        size_bytes=size_bytes,
        compressed_bytes=size_bytes // 2,
        created_by=step,
        files=1,
        added_bytes=size_bytes,
        changed_bytes=0,
        removed_bytes=0,
        whiteouts=0,
        opaque_folders=0,
        hard_links=0,
        symbolic_links=0,
    )
