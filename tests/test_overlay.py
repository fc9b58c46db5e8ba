"""The overlay against a plain model of it, on random layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.inspection import overlay
from bench.inspection.entry import Entry
from bench.inspection.file_system import FileSystem
from builders.errors import EngineError

Layer = tuple[Entry, ...]


@dataclass(eq=False)
class Thing:
    """A file, folder or link of the model; hard links are the same thing under two paths."""

    kind: str
    size_bytes: int = 0
    target: str = ""
    layer: int = 0


class LeadsNowhereError(Exception):
    """A hard link has no target."""


class Model:
    """A flat dictionary of paths; every change walks over all of it."""

    def __init__(self) -> None:
        self.paths: dict[str, Thing] = {}
        self.written: list[Thing] = []

    def lay(self, layer: Sequence[Entry], number: int) -> None:
        for entry in layer:
            if entry.kind == "removed":
                self.remove(entry.path)
            if entry.kind == "opaque":
                self.remove_below(entry.path)
        for entry in layer:
            if entry.kind not in {"removed", "opaque"}:
                self.put(entry, number)

    def put(self, entry: Entry, number: int) -> None:
        thing = Thing(entry.kind, entry.size_bytes, entry.target, number)
        if entry.kind == "hardlink":
            shared = self.paths.get(entry.target)
            if shared is None or shared.kind == "folder":
                raise LeadsNowhereError
            thing = shared
        else:
            self.written.append(thing)
        parts = entry.path.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder not in self.paths or self.paths[folder].kind != "folder":
                self.remove(folder)
                self.paths[folder] = Thing("folder", layer=number)
        before = self.paths.get(entry.path)
        if before is None or {before.kind, thing.kind} != {"folder"}:
            self.remove(entry.path)
        self.paths[entry.path] = thing

    def remove(self, path: str) -> None:
        self.paths.pop(path, None)
        self.remove_below(path)

    def remove_below(self, folder: str) -> None:
        start = f"{folder}/" if folder else ""
        self.paths = {path: it for path, it in self.paths.items() if not path.startswith(start)}

    @property
    def file_bytes(self) -> int:
        seen = {id(thing): thing for thing in self.paths.values() if thing.kind == "file"}
        return sum(thing.size_bytes for thing in seen.values())

    @property
    def superseded(self) -> list[tuple[int, int]]:
        """Size and layer of every file that was written and can't be seen."""
        seen = {id(thing) for thing in self.paths.values()}
        lost = (one for one in self.written if one.kind == "file" and id(one) not in seen)
        return sorted((one.size_bytes, one.layer) for one in lost)


def modelled(layers: Sequence[Layer]) -> Optional[Model]:
    """None when a hard link leads nowhere."""
    model = Model()
    try:
        for number, layer in enumerate(layers):
            model.lay(layer, number)
    except LeadsNowhereError:
        return None
    return model


PATHS = st.lists(st.sampled_from("ab"), min_size=1, max_size=4).map("/".join)
FILES = st.builds(
    lambda path, size: Entry(path, "file", size_bytes=size, digest=f"{size:064x}"),
    PATHS,
    st.integers(0, 9),
)
ENTRIES = st.one_of(
    FILES,
    FILES,
    st.builds(lambda path: Entry(path, "folder"), PATHS),
    st.builds(lambda path, target: Entry(path, "symlink", target=target), PATHS, PATHS),
    st.builds(lambda path, target: Entry(path, "hardlink", target=target), PATHS, PATHS),
    st.builds(lambda path: Entry(path, "fifo"), PATHS),
    st.builds(lambda path: Entry(path, "removed"), PATHS),
    st.builds(lambda path: Entry(path, "opaque"), st.one_of(st.just(""), PATHS)),
)
LAYERS = st.lists(st.lists(ENTRIES, max_size=6).map(tuple), max_size=4)


@given(LAYERS)
def test_the_final_file_system_is_the_models(layers: list[Layer]):
    model = modelled(layers)
    if model is None:
        with pytest.raises(EngineError, match=r"hard link .* leads to .*, which isn't there"):
            FileSystem.of(layers)
        return
    files = FileSystem.of(layers)
    assert {
        path: (file.entry.kind, file.entry.size_bytes, file.entry.target, file.layer)
        for path, file in files.paths.items()
    } == {
        path: (thing.kind, thing.size_bytes, thing.target, thing.layer)
        for path, thing in model.paths.items()
    }
    assert list(files.paths) == sorted(files.paths)
    assert groups({path: file.inode for path, file in files.paths.items()}) == groups(
        {path: id(thing) for path, thing in model.paths.items()}
    )
    assert files.file_bytes == model.file_bytes
    assert sorted((one.size_bytes, one.written_in) for one in files.superseded) == model.superseded


def groups(inodes: dict[str, int]) -> set[frozenset[str]]:
    """Paths that share an inode."""
    found: dict[int, set[str]] = {}
    for path, inode in inodes.items():
        found.setdefault(inode, set()).add(path)
    return {frozenset(paths) for paths in found.values()}


@given(LAYERS)
def test_no_byte_is_lost_and_none_counted_twice(layers: list[Layer]):
    try:
        files = FileSystem.of(layers)
    except EngineError:
        return
    written = [sum(one.size_bytes for one in layer if one.kind == "file") for layer in layers]
    superseded = sum(one.size_bytes for one in files.superseded)
    assert sum(written) == files.file_bytes + superseded
    assert len(files.changes) == len(layers)
    grown = 0
    for number, change in enumerate(files.changes):
        at_once = sum(
            one.size_bytes
            for one in files.superseded
            if (one.written_in, one.superseded_in) == (number, number)
        )
        assert change.added_bytes + change.changed_bytes + at_once == written[number]
        assert min(change.added_bytes, change.changed_bytes, change.removed_bytes) >= 0
        grown += change.added_bytes + change.changed_bytes - change.removed_bytes
        assert grown == FileSystem.of(layers[: number + 1]).file_bytes


@given(LAYERS)
def test_what_is_superseded_names_both_layers(layers: list[Layer]):
    try:
        files = FileSystem.of(layers)
    except EngineError:
        return
    for one in files.superseded:
        assert 0 <= one.written_in <= one.superseded_in < len(layers)
        by = layers[one.superseded_in]
        if one.how == "replaced":
            assert any(one.path == entry.path or is_in(entry.path, one.path) for entry in by)


def is_in(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/")


def test_paths_beyond_any_image_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(overlay, "ROOM_BYTES", 1 << 20)
    deep = [Entry(f"{number}/" + "a/" * 1000, "folder") for number in range(10)]
    with pytest.raises(EngineError, match="layer 0: its paths take more than 1 MiB"):
        FileSystem.of([deep])
