"""The same content stored more than once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from bench.inspection.anatomy import Anatomy
from bench.inspection.facts import Duplicate
from bench.inspection.finding_types import Hint
from bench.inspection.hints.evidence import bounded, paths, size
from bench.inspection.hints.hint import FLOOR_BYTES
from bench.inspection.hints.removable import removable
from bench.inspection.waste import duplicates

SMALL_BYTES = 100_000  # a group that costs less is left alone
LINKS = 3  # how many the Dockerfile lines show
_LICENCES = "usr/share/doc/"  # each package has its own, as Debian's policy wants it


class DuplicateFiles:
    """Identical files; those that another hint would remove are left out, and licences."""

    id = "duplicate-files"

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise links in the step that brings the files."""
        groups = sorted(_kept(anatomy), key=lambda one: (-_spare_bytes(one), one.paths))
        total = sum(map(_spare_bytes, groups))
        if total < FLOOR_BYTES:
            return None
        lines = [f"{len(one.paths)} x {size(one.size_bytes)}: {paths(one.paths)}" for one in groups]
        links = [f"ln -sf /{one.paths[0]} /{one.paths[1]}" for one in groups[:LINKS]]
        return Hint(
            id=self.id,
            title="the same files stored twice or more",
            evidence=bounded(lines),
            saves_bytes=total,
            dockerfile="# in the RUN that brings them, at its end: && " + " && ".join(links),
        )


def _kept(anatomy: Anatomy) -> Iterator[Duplicate]:
    counted = removable(anatomy).paths
    for group in duplicates(anatomy.contents.files):
        kept = tuple(
            path for path in group.paths if path not in counted and not path.startswith(_LICENCES)
        )
        left = Duplicate(size_bytes=group.size_bytes, paths=kept)
        if _spare_bytes(left) >= SMALL_BYTES:
            yield left


def _spare_bytes(group: Duplicate) -> int:
    return group.size_bytes * (len(group.paths) - 1)
