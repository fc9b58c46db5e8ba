"""Content that some layer carries and a later one hides; caches have a hint of their own."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Optional

from bench.inspection.anatomy import Anatomy
from bench.inspection.contents import ImageContents
from bench.inspection.entry import Entry
from bench.inspection.facts import Superseded
from bench.inspection.finding_types import Hint
from bench.inspection.hints.cache_paths import cache_manager
from bench.inspection.hints.evidence import NAMED, bounded, layer, paths, size, totals
from bench.inspection.hints.hint import FLOOR_BYTES

_Layers = tuple[int, int]  # that wrote it, that hides it


class MetadataOnlyLayer:
    """Files stored again because their owner, mode or time changed."""

    id = "metadata-only-layer"

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise to set owner and mode in the step that brings the files."""
        contents = anatomy.contents
        pairs = _by_layers(one for one in _hidden(contents) if one.same_content)
        lines = [_stored_again(contents, *found) for found in pairs.items()]
        mends = list(dict.fromkeys(_owned(contents, *found) for found in pairs.items()))
        return _advice(self.id, "files stored again unchanged", pairs, lines, mends)


class DeletedLater:
    """Files that a later layer deletes or replaces; their bytes stay in the image."""

    id = "deleted-later"

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise to delete in the step that writes."""
        contents = anatomy.contents
        pairs = _by_layers(one for one in _hidden(contents) if not one.same_content)
        lines = [_deleted(contents, *found) for found in pairs.items()]
        mends = list(dict.fromkeys(_at_once(contents, *found) for found in pairs.items()))
        return _advice(self.id, "files that a later layer hides", pairs, lines, mends)


def _advice(
    hint: str,
    title: str,
    pairs: Mapping[_Layers, Sequence[Superseded]],
    lines: Sequence[str],
    mends: Sequence[str],
) -> Optional[Hint]:
    total = sum(one.size_bytes for found in pairs.values() for one in found)
    if total < FLOOR_BYTES:
        return None
    return Hint(
        id=hint,
        title=title,
        evidence=bounded(lines),
        saves_bytes=total,
        dockerfile="\n".join(mends[:3]),
    )


def _hidden(contents: ImageContents) -> Iterator[Superseded]:
    for one in contents.files.superseded:
        if one.written_in < one.superseded_in and cache_manager(one.path) is None:
            yield one


def _by_layers(hidden: Iterable[Superseded]) -> Mapping[_Layers, tuple[Superseded, ...]]:
    """By the two layers, costliest first, the largest file first in each."""
    found: dict[_Layers, list[Superseded]] = defaultdict(list)
    for one in hidden:
        found[one.written_in, one.superseded_in].append(one)
    sums = {pair: sum(one.size_bytes for one in found[pair]) for pair in found}
    return {
        pair: tuple(sorted(found[pair], key=lambda one: (-one.size_bytes, one.path)))
        for pair in sorted(found, key=lambda pair: (-sums[pair], pair))
    }


def _stored_again(contents: ImageContents, pair: _Layers, found: Sequence[Superseded]) -> str:
    first, later = (layer(contents, number) for number in pair)
    named = paths([one.path for one in found])
    return f"{later}: {_sum(found)} that {first} has already: {named}"


def _deleted(contents: ImageContents, pair: _Layers, found: Sequence[Superseded]) -> str:
    first, later = (layer(contents, number) for number in pair)
    how = " and ".join(sorted({one.how for one in found}))
    return f"{first}: {_sum(found)}, {how} in {later}: {paths(_gone(contents, found))}"


def _sum(found: Sequence[Superseded]) -> str:
    return size(sum(one.size_bytes for one in found))


def _gone(contents: ImageContents, found: Sequence[Superseded]) -> list[str]:
    """The outermost paths of these that are in the image no more, costliest first."""
    there = contents.files.paths
    return list(totals((_outermost(there, one.path), one.size_bytes) for one in found))


def _outermost(there: Container[str], path: str) -> str:
    parts = path.split("/")
    above = ("/".join(parts[:end]) for end in range(1, len(parts)))
    return next((one for one in above if one not in there), path)


def _owned(contents: ImageContents, pair: _Layers, found: Sequence[Superseded]) -> str:
    """By the costliest file: set at once what the later layer changed of it."""
    before, after = (_entry(contents, number, found[0].path) for number in pair)
    owner, mode = f"{after.uid}:{after.gid}", f"{after.mode:o}"
    chown = (before.uid, before.gid) != (after.uid, after.gid)
    chmod = before.mode != after.mode
    if not chown and not chmod:
        return f"# bring it in one step: {_folder(found)}"
    if _is_copy(contents, pair[0]):  # --chmod is BuildKit's
        options = [f"--chown={owner}"] * chown + [f"--chmod={mode}"] * chmod
        return f"COPY {' '.join(options)} SOURCE {_folder(found)}"
    named = " ".join(f"/{one.path}" for one in found[:NAMED])
    commands = [f"chown -R {owner} {_folder(found)}"] * chown + [f"chmod {mode} {named}"] * chmod
    return f"# in the RUN of layer {pair[0]}, at its end: && {' && '.join(commands)}"


def _at_once(contents: ImageContents, pair: _Layers, found: Sequence[Superseded]) -> str:
    named = " ".join(f"/{path}" for path in _gone(contents, found)[:NAMED])
    if found[0].how == "replaced":
        return f"# bring the final content in one step: {named}"
    if _is_copy(contents, pair[0]):
        return f"RUN --mount=type=bind,source=SOURCE,target={_folder(found)} COMMAND"
    return f"# in the RUN of layer {pair[0]}, at its end: && rm -rf {named}"


def _entry(contents: ImageContents, number: int, path: str) -> Entry:
    """The last that a layer says of a path, which a hard link may hide under another name."""
    entries = (entry for entry in contents.layers[number].entries[::-1] if entry.path == path)
    return next(entries, Entry(path, "file"))


def _is_copy(contents: ImageContents, number: int) -> bool:
    return contents.commands[number].startswith(("COPY", "ADD"))


def _folder(found: Sequence[Superseded]) -> str:
    """The deepest folder that all are in."""
    return "/" + posixpath.commonpath([posixpath.dirname(one.path) for one in found])
