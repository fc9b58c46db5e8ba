"""What of an engine's images is this toolkit's, and what of them a process built itself.

A part of `builders.engine.Engine` of its own, for runs that keep within a given share of the disk.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class StoredImages:
    """Images, untagged stages too; `size_bytes` counts each of their layers once."""

    ids: frozenset[str]
    size_bytes: int


class OwnImages(Protocol):
    """Images by label, and those of this value's builds."""

    def stored(self, labels: Mapping[str, str]) -> StoredImages:
        """All images that carry these labels; an empty value matches any."""

    def built(self) -> frozenset[str]:
        """Ids of the images, one a stage, that builds through this value ended with.

        A stage that came from the cache counts too. One that failed doesn't, as it has no image.
        """

    def remove_built(self, labels: Mapping[str, str], keep: Collection[str]) -> int:
        """Remove the images of this value's builds, with their steps' that have no name.

        Images without these labels, those whose ids are in `keep`, and those that a container or
        another image needs stay. Of a tagged image only the tag it was built as goes.

        Returns:
            How many images are gone.
        """
