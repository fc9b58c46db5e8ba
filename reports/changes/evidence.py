"""What a value is made of, or what came since an earlier record: the reasons beside a figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Callable, Optional

from bench.inspection.facts import ImageFacts
from bench.record_types import VariantRecord
from reports.changes.growth import Part, layer_parts, newcomers, package_parts, step_of
from reports.formats import signed
from reports.start_columns import FIRST_ANSWER, IMPORTS, LAUNCH, MODEL_LOAD

MOST = 3  # of packages and of layers each; a sentence is no list
MOST_NAMES = 10
LEAST_MS = 0.05  # what would be printed as 0.0

Evidence = Callable[[Optional[VariantRecord], VariantRecord], Sequence[str]]


def nothing(_old: Optional[VariantRecord], _new: VariantRecord) -> Sequence[str]:
    """No reasons are known."""
    return ()


def bytes_of(size: str) -> Evidence:
    """Packages and layers that grew most, or are the largest; `size` is a layer's size."""

    def told(old: Optional[VariantRecord], new: VariantRecord) -> Sequence[str]:
        before, now = _image(old), _image(new)
        if now is None:
            return ()
        packages = package_parts(before, now)
        layers = layer_parts(before, now, lambda layer: getattr(layer, size) or 0)
        return (*_most(packages, before), *_most(layers, before))

    return told


def _most(parts: Iterable[Part], before: Optional[ImageFacts]) -> Sequence[str]:
    grown = [part for part in parts if part.added_bytes > 0][:MOST]
    return [sized(part, before is not None) for part in grown]


def sized(part: Part, is_change: bool) -> str:
    """`package torch 2.13.0 434.0 MB`, or `package torch 2.12.0 -> 2.13.0 +4.0 MB`."""
    size = signed(part.added_bytes) if is_change else signed(part.after_bytes).lstrip("+")
    step = f"`{part.name}`" if part.kind == "layer" else part.name
    return f"{part.kind} {step} {size} MB"


def _image(row: Optional[VariantRecord]) -> Optional[ImageFacts]:
    return None if row is None else row.image


def _names(get: Callable[[ImageFacts], Iterable[str]]) -> Evidence:
    """Names that came, or all of them."""

    def told(old: Optional[VariantRecord], new: VariantRecord) -> Sequence[str]:
        before, now = _image(old), _image(new)
        if now is None:
            return ()
        found = newcomers(None if before is None else tuple(get(before)), tuple(get(now)))
        more = len(found) - MOST_NAMES
        return (*found[:MOST_NAMES], *([f"and {more} more"] if more > 0 else []))

    return told


STEPS = _names(lambda image: (f"`{step_of(layer)}`" for layer in image.layers))
TOOLS = _names(lambda image: dict.fromkeys(tool.name for tool in image.tools))
SETUID = _names(lambda image: image.security.setuid)
SECRETS = _names(lambda image: (f"{one.kind} in {one.where}" for one in image.security.secrets))
HINTS = _names(lambda image: (hint.id for hint in image.hints))


def phases(old: Optional[VariantRecord], new: VariantRecord) -> Sequence[str]:
    """Medians of the phases that take longer than before, or of all."""
    told = []
    for column in (LAUNCH, IMPORTS, MODEL_LOAD, FIRST_ANSWER):
        was, now = (None if row is None else column.value(row) for row in (old, new))
        if not isinstance(now, float):
            continue
        if old is None:
            told.append(f"{column.heading} {column.text(now)} ms")
        elif isinstance(was, float) and now - was >= LEAST_MS:
            told.append(f"{column.heading} +{column.text(now - was)} ms")
    return told
