"""The files that differ between two images: every byte of the difference is accounted for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Optional, cast, get_args

from bench.inspection.difference_types import FileChange, FileChangeKind, FileChanges
from bench.inspection.entry import Entry
from bench.inspection.file_system import File, FileSystem

LARGEST = 50  # of each kind of change
KINDS = cast("tuple[FileChangeKind, ...]", get_args(FileChangeKind))
_Files = Mapping[str, File]


def file_changes(before: FileSystem, after: FileSystem) -> tuple[FileChange, ...]:
    """Every regular file that isn't the same in both, by path; times alone are no difference.

    A file that only one image has counts as moved when its like is only in the other one, under
    another path; of several such, the first meets the first.
    """
    old, new = before.regular, after.regular
    came_from = dict(_moved(old, new))
    left = frozenset(came_from.values())
    changes = (
        _change(path, old.get(came_from.get(path, path)), new.get(path), came_from.get(path, ""))
        for path in sorted(old.keys() | new.keys())
        if path not in left
    )
    return tuple(change for change in changes if change is not None)


def summed(before: FileSystem, after: FileSystem, changes: Sequence[FileChange]) -> FileChanges:
    """The changes, counted and summed."""
    by_kind = {kind: [one for one in changes if one.change == kind] for kind in KINDS}
    both = before.regular.keys() & after.regular.keys()
    return FileChanges(
        added=len(by_kind["added"]),
        removed=len(by_kind["removed"]),
        changed=len(by_kind["changed"]),
        moved=len(by_kind["moved"]),
        mode_only=len(by_kind["mode only"]),
        same=len(both) - len(by_kind["changed"]) - len(by_kind["mode only"]),
        added_bytes=sum(one.after_bytes for one in by_kind["added"]),
        removed_bytes=sum(one.before_bytes for one in by_kind["removed"]),
        grown_bytes=sum(one.after_bytes - one.before_bytes for one in by_kind["changed"]),
        moved_bytes=sum(one.after_bytes for one in by_kind["moved"]),
        other_paths=_other_paths(before, after),
        largest=_largest(by_kind),
    )


def _moved(old: _Files, new: _Files) -> Iterator[tuple[str, str]]:
    """New and old path of each content that left one place and came to another."""
    gone = _by_content(old, new)
    for content, paths in _by_content(new, old).items():
        yield from zip(paths, gone.get(content, ()))


def _by_content(here: _Files, there: _Files) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path, file in here.items():
        if path not in there and file.entry.digest:
            found[file.entry.digest].append(path)
    return found


def _change(
    path: str, old: Optional[File], new: Optional[File], came_from: str
) -> Optional[FileChange]:
    kind = "moved" if came_from else _kind(old, new)
    if kind is None:
        return None
    return FileChange(
        path=f"/{path}",
        change=kind,
        came_from=f"/{came_from}" if came_from else "",
        before_bytes=old.entry.size_bytes if old is not None else 0,
        after_bytes=new.entry.size_bytes if new is not None else 0,
    )


def _kind(old: Optional[File], new: Optional[File]) -> Optional[FileChangeKind]:
    if old is None or new is None:
        return "added" if old is None else "removed"
    if not _same_content(old.entry, new.entry):
        return "changed"
    return "mode only" if _access(old.entry) != _access(new.entry) else None


def _same_content(old: Entry, new: Entry) -> bool:
    if old.size_bytes != new.size_bytes or old.digest != new.digest:
        return False
    # Without a digest (sparse files), only what is the same in all else is taken for the same.
    return bool(old.digest) or old.size_bytes == 0 or old == new


def _access(entry: Entry) -> tuple[object, ...]:
    return entry.mode, entry.uid, entry.gid, entry.capability


def _other_paths(before: FileSystem, after: FileSystem) -> int:
    old, new = _others(before), _others(after)
    return sum(old.get(path) != new.get(path) for path in old.keys() | new.keys())


def _others(files: FileSystem) -> dict[str, tuple[object, ...]]:
    """Folders, links (second names of files too) and devices."""
    return {
        path: (file.entry.kind, file.entry.target, *_access(file.entry))
        for path, file in files.paths.items()
        if path not in files.regular
    }


def _largest(by_kind: Mapping[FileChangeKind, Iterable[FileChange]]) -> tuple[FileChange, ...]:
    chosen = (sorted(changes, key=_order)[:LARGEST] for changes in by_kind.values())
    return tuple(sorted(chain(*chosen), key=_order))


def _order(change: FileChange) -> tuple[int, str]:
    return -max(change.before_bytes, change.after_bytes), change.path
