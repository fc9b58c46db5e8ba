"""Shared libraries with symbol tables and debug sections that no service reads.

`strip` is not safe everywhere: auditwheel has patchelf move sections of the libraries that it
bundles, in a folder `NAME.libs`, and of the modules that load them, and `strip` damages some of
those (NumPy's among them). Libraries of distributions with such a folder are not counted.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Optional

from bench.inspection.anatomy import Anatomy
from bench.inspection.finding_types import Hint
from bench.inspection.hints.evidence import bounded, count, paths, size
from bench.inspection.hints.hint import FLOOR_BYTES
from bench.inspection.hints.removable import removable

SMALL_BYTES = 100_000  # a library with less to strip is left alone
MAX_FOLDERS = 8
_BUNDLED = re.compile(r"(?:.*?/)?(?:site|dist)-packages/[^/]+\.libs/")
_LINES = """# in the step that brings them, or in a build stage; strip is in the package binutils
RUN find {folders} -type f -name '*.so*' -exec strip --strip-unneeded '{{}}' +
# then test the service: strip damages libraries that patchelf changed"""


class _Library(NamedTuple):
    path: str
    spare_bytes: int
    repaired: bool


class UnstrippedLibraries:
    """Symbol tables and debug sections in shared objects, by their ELF section headers."""

    id = "unstripped-libraries"

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise `strip --strip-unneeded` for libraries that auditwheel did not change."""
        found = sorted(_libraries(anatomy), key=lambda one: (-one.spare_bytes, one.path))
        safe = [one for one in found if not one.repaired]
        total = sum(one.spare_bytes for one in safe)
        if total < FLOOR_BYTES:
            return None
        lines = [f"/{one.path}: {size(one.spare_bytes)}" for one in safe]
        return Hint(
            id=self.id,
            title="symbol tables and debug sections in libraries",
            evidence=(*bounded(lines), *_left_out([one for one in found if one.repaired])),
            saves_bytes=total,
            dockerfile=_LINES.format(folders=" ".join(_folders(safe))),
        )


def _libraries(anatomy: Anatomy) -> Iterator[_Library]:
    of = anatomy.ownership.of
    repaired = {id(owner) for path, owner in of.items() if _BUNDLED.match(path)}
    counted = removable(anatomy).paths
    for path, sections in anatomy.contents.elf():
        spare_bytes = sections.symbol_bytes + sections.debug_bytes
        if sections.shared and spare_bytes >= SMALL_BYTES and path not in counted:
            yield _Library(path, spare_bytes, id(of[path]) in repaired)


def _left_out(repaired: Sequence[_Library]) -> list[str]:
    if not repaired:
        return []
    total = size(sum(one.spare_bytes for one in repaired))
    named = paths([one.path for one in repaired])
    return [
        f"not counted: {total} in {count(len(repaired), 'file')} of wheels that auditwheel changed,"
        f" where strip may do damage: {named}"
    ]


def _folders(libraries: Sequence[_Library]) -> list[str]:
    """The first few that they are in, without those inside of others."""
    found = list(dict.fromkeys(f"/{posixpath.dirname(one.path)}" for one in libraries))
    outer = [one for one in found if not any(one.startswith(f"{other}/") for other in found)]
    return outer[:MAX_FOLDERS]
