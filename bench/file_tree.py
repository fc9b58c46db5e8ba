"""The final file system of an image, as far as its layers' noted entries tell it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Optional

from bench.layers import Entry

MAX_LINKS = 40  # what Linux follows before it gives up (MAXSYMLINKS)


class _Node:
    """A path: what a layer noted of it, if anything, and what lies in it."""

    def __init__(self) -> None:
        self.entry: Optional[Entry] = None
        self.children: dict[str, _Node] = {}


class FileTree:
    """Layers laid over each other, lowest first, with their whiteouts applied."""

    def __init__(self, layers: Iterable[Iterable[Entry]]) -> None:
        self._root = _Node()
        for layer in layers:
            self._lay(tuple(layer))

    def names(self, folder: str) -> tuple[str, ...]:
        """Names in a folder, sorted; links on the way to it are followed."""
        real = self._real(folder)
        node = self._find(real) if real is not None else None
        return tuple(sorted(node.children)) if node is not None else ()

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
                self._empty(entry.path)
        for entry in layer:
            if entry.kind not in {"removed", "opaque"}:
                self._put(entry)

    def _put(self, entry: Entry) -> None:
        node = self._root
        for part in entry.path.split("/"):
            if node.entry is not None and node.entry.kind != "folder":
                node.entry = None  # what holds a path of this layer is a folder in it
            node = node.children.setdefault(part, _Node())
        node.entry = entry
        if entry.kind != "folder":
            node.children = {}

    def _remove(self, path: str) -> None:
        folder, name = posixpath.split(path)
        node = self._find(folder)
        if node is not None:
            node.children.pop(name, None)

    def _empty(self, path: str) -> None:
        node = self._find(path)
        if node is not None:
            node.children = {}

    def _find(self, path: str) -> Optional[_Node]:
        node: Optional[_Node] = self._root
        for part in filter(None, path.split("/")):
            node = node.children.get(part) if node is not None else None
        return node

    def _entry(self, path: str) -> Optional[Entry]:
        node = self._find(path)
        return node.entry if node is not None else None

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
