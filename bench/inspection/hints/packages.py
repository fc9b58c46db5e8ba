"""Whole packages that serve the build and not the service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from bench.inspection.anatomy import Anatomy
from bench.inspection.finding_types import Hint
from bench.inspection.hints.evidence import bounded, size, totals
from bench.inspection.hints.hint import FLOOR_BYTES
from bench.inspection.hints.multistage import multistage
from bench.inspection.hints.removable import Part, removable
from bench.inspection.hints.selections import BUILD, INSTALLERS


class BuildTools:
    """Compilers, headers, build systems and version control from the system's packages."""

    id = BUILD

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise a build stage."""
        return _advice(self.id, "build tools left in", anatomy)


class PipLeftIn:
    """pip, setuptools, wheel and the like, where nothing installed depends on them."""

    id = INSTALLERS

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise an environment without them."""
        return _advice(self.id, "package installers in a finished image", anatomy)


def _advice(hint: str, title: str, anatomy: Anatomy) -> Optional[Hint]:
    parts = removable(anatomy).by_hint.get(hint, ())
    total = sum(part.size_bytes for part in parts)
    if total < FLOOR_BYTES:
        return None
    return Hint(
        id=hint,
        title=title,
        evidence=bounded(_packages(parts)),
        saves_bytes=total,
        dockerfile=multistage(anatomy),
    )


def _packages(parts: Sequence[Part]) -> list[str]:
    named = ((f"{part.owner.name} {part.owner.version}".strip(), part.size_bytes) for part in parts)
    return [f"{name}: {size(size_bytes)}" for name, size_bytes in totals(named).items()]
