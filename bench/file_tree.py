"""The final file system of an image, as far as its layers' noted entries tell it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Optional

from bench.layers import Entry

MAX_LINKS = 40  # what Linux follows before it gives up (MAXSYMLINKS)


class FileTree:
    """Layers laid over each other, lowest first, with their whiteouts applied."""

    def __init__(self, layers: Iterable[Iterable[Entry]]) -> None:
        # Folder to name to entry; folders without noted entries aren't known.
        self._folders: dict[str, dict[str, Entry]] = {}
        for layer in layers:
            self._lay(tuple(layer))

    def names(self, folder: str) -> tuple[str, ...]:
        """Names in a folder, sorted; links on the way to it are followed."""
        return tuple(sorted(self._folders.get(self._real(folder) or "", {})))

    def executable(self, path: str) -> Optional[str]:
        """The executable file that a path ends at when its links are followed, or None."""
        real = self._real(path)
        entry = self._entry(real) if real is not None else None
        return real if entry is not None and entry.kind == "executable" else None

    def _lay(self, layer: tuple[Entry, ...]) -> None:
        # A layer's whiteouts act on the layers below it, wherever they stand in its archive.
        for entry in layer:
            if entry.kind == "removed":
                self._remove(entry.path)
            elif entry.kind == "opaque":
                self._remove_content(entry.path)
        for entry in layer:
            if entry.kind not in {"removed", "opaque"}:
                self._put(entry)

    def _put(self, entry: Entry) -> None:
        if entry.kind != "folder":
            self._remove_content(entry.path)
        folder, name = posixpath.split(entry.path)
        self._folders.setdefault(folder, {})[name] = entry

    def _remove(self, path: str) -> None:
        folder, name = posixpath.split(path)
        self._folders.get(folder, {}).pop(name, None)
        self._remove_content(path)

    def _remove_content(self, path: str) -> None:
        inside = f"{path}/" if path else ""
        gone = [name for name in self._folders if name == path or name.startswith(inside)]
        for name in gone:
            del self._folders[name]

    def _entry(self, path: str) -> Optional[Entry]:
        folder, name = posixpath.split(path)
        return self._folders.get(folder, {}).get(name)

    def _real(self, path: str) -> Optional[str]:
        """The path with every link on it followed; None where they go round in circles."""
        waiting = path.split("/")[::-1]
        real: list[str] = []
        links = 0
        while waiting:
            part = waiting.pop()
            if part == "..":
                real = real[:-1]
            elif part not in {"", "."}:
                entry = self._entry("/".join((*real, part)))
                if entry is None or entry.kind != "link":
                    real.append(part)
                    continue
                links += 1
                if links > MAX_LINKS:
                    return None
                real = [] if entry.target.startswith("/") else real
                waiting.extend(entry.target.split("/")[::-1])
        return "/".join(real)
