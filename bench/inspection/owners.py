"""Who each file of an image belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.inspection.contents import ImageContents
from bench.inspection.facts import Owner


@dataclass(frozen=True)
class Ownership:
    """The owners, and which of them each regular file belongs to.

    Attributes:
        owners: largest first; their files and bytes sum to those of the file system.
        of: path of a regular file (each inode once, as in `FileSystem.regular`) to its owner.
    """

    owners: tuple[Owner, ...]
    of: Mapping[str, Owner]


def ownership(contents: ImageContents) -> Ownership:
    """Give every regular file its one owner."""
    files = contents.files
    nobody = Owner(
        kind="nobody", name="nobody", files=len(files.regular), size_bytes=files.file_bytes
    )
    return Ownership((nobody,), dict.fromkeys(files.regular, nobody))
