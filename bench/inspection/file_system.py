"""The final file system of an image: its layers laid over each other, lowest first."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Optional

from bench.inspection.entry import Entry
from bench.inspection.facts import Superseded
from bench.inspection.overlay import LayerChange, Overlay

MAX_LINKS = 40  # what Linux follows before it gives up (MAXSYMLINKS)


class File(NamedTuple):
    """A path of the final file system.

    Attributes:
        entry: what its layer says of it; a hard link has the entry of the file it shares.
        layer: the layer that holds its content, 0 for the lowest.
        inode: paths that share their content have the same one, and no others.
    """

    entry: Entry
    layer: int
    inode: int


@dataclass(frozen=True)
class FileSystem:
    """What a container of the image would see, and what the layers hide from it.

    Attributes:
        paths: every path without leading slash, sorted; folders and links too, not the root.
        superseded: content that a later layer, or a later entry of the same one, hides.
        changes: what each layer does to those below it, lowest first.
    """

    paths: Mapping[str, File]
    superseded: tuple[Superseded, ...]
    changes: tuple[LayerChange, ...]

    @classmethod
    def of(cls, layers: Iterable[Sequence[Entry]]) -> FileSystem:
        """Lay the layers' entries over each other.

        Whiteouts act on lower layers only, wherever they stand in their archive (OCI image
        specification, "Representing Changes").
        """
        overlay = Overlay()
        for layer in layers:
            overlay.lay(layer)
        paths = {path: File(*found) for path, found in sorted(overlay.walk())}
        return cls(paths, tuple(overlay.superseded), tuple(overlay.changes))

    @cached_property
    def regular(self) -> Mapping[str, File]:
        """Regular files, each inode once under its first path, sorted."""
        seen: set[int] = set()
        found: dict[str, File] = {}
        for path, file in self.paths.items():
            if file.entry.kind == "file" and file.inode not in seen:
                seen.add(file.inode)
                found[path] = file
        return found

    @cached_property
    def file_bytes(self) -> int:
        """Content of all regular files, hard-linked ones once."""
        return sum(file.entry.size_bytes for file in self.regular.values())

    def names(self, folder: str) -> tuple[str, ...]:
        """Names in a folder, sorted; links on the way to it are followed."""
        real = self.real(folder)
        return self._children.get(real, ()) if real is not None else ()

    def executable(self, path: str) -> Optional[str]:
        """The executable file that a path ends at when its links are followed, or None."""
        real = self.real(path)
        file = self.paths.get(real) if real is not None else None
        return real if file is not None and file.entry.executable else None

    def real(self, path: str) -> Optional[str]:
        """The path with every link on it followed; None where they go round in circles."""
        waiting = path.split("/")[::-1]
        real = [""]  # what each part so far leads to
        links = 0
        while waiting:
            part = waiting.pop()
            if part == "..":
                real = real[:-1] or [""]
            elif part not in {"", "."}:
                place = f"{real[-1]}/{part}" if real[-1] else part
                target = self._link(place)
                if target is None:
                    real.append(place)
                    continue
                links += 1
                if links > MAX_LINKS:
                    return None
                real = [""] if target.startswith("/") else real
                waiting.extend(target.split("/")[::-1])
        return real[-1]

    def _link(self, path: str) -> Optional[str]:
        file = self.paths.get(path)
        return file.entry.target if file is not None and file.entry.kind == "symlink" else None

    @cached_property
    def _children(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for path in self.paths:
            folder, name = posixpath.split(path)
            found.setdefault(folder, []).append(name)
        return {folder: tuple(names) for folder, names in found.items()}
