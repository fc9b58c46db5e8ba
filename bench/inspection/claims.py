"""What an owner says is its own, and the regular files behind the paths it lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Optional

from bench.inspection.facts import Owner
from bench.inspection.file_system import FileSystem


class Claim(NamedTuple):
    """An owner without its totals, and the paths it lists.

    Attributes:
        listed: without leading slash; links to folders, `..` and paths that don't exist are fine.
    """

    owner: Owner
    listed: Iterable[str]


class ListedPaths:
    """Finds what a listed path means in the final file system."""

    def __init__(self, files: FileSystem) -> None:
        self._files = files
        self._first: Mapping[int, str] = {one.inode: path for path, one in files.regular.items()}
        self._folders: dict[str, Optional[str]] = {}

    def real(self, listed: str) -> Optional[str]:
        """The path with the links on the way to it followed, itself not; it may not exist.

        `bin/ls` is `usr/bin/ls` where `/bin` is a link (usrmerge). None for a circle of links.
        """
        folder, _, name = listed.rpartition("/")
        if folder not in self._folders:
            self._folders[folder] = self._files.real(folder)
        real = self._folders[folder]
        return f"{real}/{name}" if real else None if real is None else name

    def regular(self, path: str) -> Optional[str]:
        """The path that its file has in `FileSystem.regular`; None for all but regular files."""
        file = self._files.paths.get(path)
        return self._first.get(file.inode) if file is not None else None
