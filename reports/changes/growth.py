"""What an image's bytes and findings are made of, and which of them came since an earlier one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Callable, Literal, Optional

from bench.inspection.difference_types import PackageChange
from bench.inspection.facts import PACKAGE_KINDS, ImageFacts, LayerFact, OwnerKind
from bench.inspection.package_changes import package_changes

_ADDED_AS = re.compile(r"\b(?:file|dir|multi):[0-9a-f]{12,} ")  # the classic builder's digests
_NO_STEP = "a step that isn't known"


@dataclass(frozen=True)
class Part:
    """A part of an image, in two images or, where `before_bytes` is None, in one alone.

    Attributes:
        name: a package with its version or versions, or a Dockerfile's step.
    """

    kind: Literal["package", "files of", "layer"]
    name: str
    before_bytes: Optional[int]
    after_bytes: int

    @property
    def added_bytes(self) -> int:
        """How much more it is now; all of it where there is no earlier image."""
        return self.after_bytes - (self.before_bytes or 0)


def package_parts(old: Optional[ImageFacts], new: ImageFacts) -> tuple[Part, ...]:
    """Owners of files that differ in bytes, or all of them; the largest difference first."""
    if old is None:
        return _largest(
            Part(_kind(one.kind), f"{one.name} {one.version}".strip(), None, one.size_bytes)
            for one in new.owners
        )
    return _largest(
        Part(_kind(one.kind), _versions(one), one.before_bytes, one.after_bytes)
        for one in package_changes(old.owners, new.owners)
    )


def _kind(owner: OwnerKind) -> Literal["package", "files of"]:
    return "package" if owner in PACKAGE_KINDS else "files of"


def _versions(change: PackageChange) -> str:
    before, after = (", ".join(filter(None, side)) for side in (change.before, change.after))
    both = f"{before} -> {after}" if change.change == "other version" else after or before
    return f"{change.name} {both}".strip()


def layer_parts(
    old: Optional[ImageFacts], new: ImageFacts, size: Callable[[LayerFact], int]
) -> tuple[Part, ...]:
    """Steps of the Dockerfile whose layers differ in bytes, or all of them; likewise sorted."""
    now = _by_step(new, size)
    if old is None:
        return _largest(Part("layer", step, None, size_bytes) for step, size_bytes in now.items())
    then = _by_step(old, size)
    return _largest(
        Part("layer", step, then[step], now[step])
        for step in dict.fromkeys((*now, *then))
        if then[step] != now[step]
    )


def _by_step(image: ImageFacts, size: Callable[[LayerFact], int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for layer in image.layers:
        found[step_of(layer)] += size(layer)
    return found


def step_of(layer: LayerFact) -> str:
    """The Dockerfile's step, on one line, without what the builder adds to tell two apart."""
    return " ".join(_ADDED_AS.sub("", layer.created_by).split()) or _NO_STEP


def _largest(parts: Iterator[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: -abs(part.added_bytes)))


def newcomers(old: Optional[Sequence[str]], new: Sequence[str]) -> tuple[str, ...]:
    """What the new one has and the old one hasn't, each as often as it is more; all without old."""
    more = Counter(new) - Counter(old or ())
    return tuple(more.elements())
