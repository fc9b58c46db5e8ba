"""Layers laid over each other one by one, with an account of every byte that goes out of sight."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Optional

from bench.inspection.archive_stream import broken
from bench.inspection.entry import MARKS, Entry
from bench.inspection.facts import Superseded

FOLDER_MODE = 0o755  # of a folder that no layer describes
ROOM_BYTES = 2 << 30  # twice what one reading keeps, since layers may come from the cache
NODE_BYTES = 256  # about what a path takes beside its text


@dataclass(frozen=True)
class LayerChange:
    """Bytes of file content: at new paths, at paths of lower layers, and of lower layers gone."""

    added_bytes: int
    changed_bytes: int
    removed_bytes: int


class _Inode:
    """A file's content, and how many paths lead to it."""

    __slots__ = ("entry", "layer", "links", "number")

    def __init__(self, number: int, entry: Entry, layer: int) -> None:
        self.number, self.entry, self.layer = number, entry, layer
        self.links = 0


class _Node:
    """A path: the inode it leads to, and what lies in it, when it is a folder."""

    __slots__ = ("children", "inode")

    def __init__(self, inode: _Inode) -> None:
        self.inode = inode
        self.children: dict[str, _Node] = {} if inode.entry.kind == "folder" else _NOTHING


_NOTHING: dict[str, _Node] = {}  # one for all that isn't a folder; nothing is ever put in


class Overlay:
    """The file system so far."""

    def __init__(self) -> None:
        self.superseded: list[Superseded] = []
        self.changes: list[LayerChange] = []
        self._inodes = 0
        self._room_bytes = ROOM_BYTES
        self._layer = -1
        self._root = _Node(self._new(Entry("", "folder", FOLDER_MODE)))

    def lay(self, layer: Sequence[Entry]) -> None:
        """Put one more layer on top; raises EngineError for a hard link to nowhere."""
        self._layer += 1
        first = len(self.superseded)
        below = set()
        for entry in layer:
            if entry.kind in MARKS:
                self._hide(entry)
        for entry in layer:
            if entry.kind not in MARKS and self._put(entry):
                below.add(entry.path)
        self._account(layer, below, first)

    def walk(self) -> Iterator[tuple[str, tuple[Entry, int, int]]]:
        """Every path but the root with its entry, layer and inode number."""
        waiting = [("", self._root)]
        while waiting:
            folder, node = waiting.pop()
            for name, child in node.children.items():
                inode, path = child.inode, f"{folder}/{name}" if folder else name
                path = inode.entry.path if inode.entry.path == path else path  # keep one of them
                yield path, (inode.entry, inode.layer, inode.number)
                if child.children:
                    waiting.append((path, child))

    def _new(self, entry: Entry) -> _Inode:
        self._inodes += 1
        self._room_bytes -= NODE_BYTES + len(entry.path)
        if self._room_bytes < 0:
            what = f"its paths take more than {ROOM_BYTES >> 20} MiB"
            raise broken(what, f"layer {self._layer}")
        return _Inode(self._inodes, entry, self._layer)

    def _account(self, layer: Sequence[Entry], below: set[str], first: int) -> None:
        gone = self.superseded[first:]
        removed = sum(one.size_bytes for one in gone if one.written_in < self._layer)
        twice = sum(one.size_bytes for one in gone if one.written_in == self._layer)
        written = sum(entry.size_bytes for entry in layer if entry.kind == "file")
        found = (self._find(path) for path in below)
        changed = {
            node.inode.number: node.inode.entry.size_bytes
            for node in found
            if node is not None and node.inode.layer == self._layer
        }
        changed_bytes = sum(changed.values())
        self.changes.append(LayerChange(written - twice - changed_bytes, changed_bytes, removed))

    def _hide(self, mark: Entry) -> None:
        folder = mark.path if mark.kind == "opaque" else posixpath.dirname(mark.path)
        node = self._find(folder)
        if node is None:
            return
        names = list(node.children) if mark.kind == "opaque" else [posixpath.basename(mark.path)]
        for name in names:
            child = node.children.pop(name, None)
            if child is not None:
                self._lose(f"{folder}/{name}".strip("/"), child, None)

    def _put(self, entry: Entry) -> bool:
        """Lay an entry; whether a lower layer had something else than a folder there."""
        inode = self._shared(entry) if entry.kind == "hardlink" else self._new(entry)
        if not entry.path:
            self._root.inode = inode
            return False
        inode.links += 1  # first, so that a file that makes room for its own link isn't lost
        folder, name = posixpath.split(entry.path)
        parent = self._folder(folder)
        before = parent.children.get(name)
        if before is not None and entry.kind == "folder" and _is_folder(before):
            before.inode = inode
            return False
        parent.children[name] = _Node(inode)
        if before is None:
            return False
        lower = before.inode.layer < self._layer
        self._lose(entry.path, before, inode)
        return lower

    def _shared(self, entry: Entry) -> _Inode:
        node = self._find(entry.target)
        if node is None or _is_folder(node):
            what = f"the hard link {entry.path!r} leads to {entry.target!r}, which isn't there"
            raise broken(what, f"layer {self._layer}")
        return node.inode

    def _folder(self, path: str) -> _Node:
        """The folder of an entry; what stands in the way is replaced, what is missing made."""
        node, walked = self._root, ""
        for part in filter(None, path.split("/")):
            walked = f"{walked}/{part}".strip("/")
            child = node.children.get(part)
            if child is None or not _is_folder(child):
                made = _Node(self._new(Entry(walked, "folder", FOLDER_MODE)))
                node.children[part] = made
                if child is not None:
                    self._lose(walked, child, made.inode)
                child = made
            node = child
        return node

    def _lose(self, path: str, node: _Node, by: Optional[_Inode]) -> None:
        """Note the content of a path, and of all in it, that no other path leads to."""
        waiting = [(path, node)]
        while waiting:
            at, lost = waiting.pop()
            waiting.extend((f"{at}/{name}", child) for name, child in lost.children.items())
            inode = lost.inode
            inode.links -= 1
            if inode.entry.kind == "file" and inode.links == 0:
                self.superseded.append(self._note(at, inode, by if at == path else None))

    def _note(self, path: str, lost: _Inode, by: Optional[_Inode]) -> Superseded:
        return Superseded(
            path=path,
            size_bytes=lost.entry.size_bytes,
            written_in=lost.layer,
            superseded_in=self._layer,
            how="removed" if by is None else "replaced",
            same_content=by is not None
            and bool(lost.entry.digest)
            and by.entry.digest == lost.entry.digest,
        )

    def _find(self, path: str) -> Optional[_Node]:
        node: Optional[_Node] = self._root
        for part in filter(None, path.split("/")):
            node = node.children.get(part) if node is not None else None
        return node


def _is_folder(node: _Node) -> bool:
    return node.inode.entry.kind == "folder"
