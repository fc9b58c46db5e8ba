"""Which Python sources an interpreter of the image has to compile before it can import them.

The import system takes `__pycache__/NAME.cpython-3XX.pyc` (PEP 3147) where it names the time and
size of the source, or has its hash (PEP 552): a time that a build step changed makes it worthless.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, Optional

from bench.inspection.anatomy import Anatomy
from bench.inspection.contents import ImageContents
from bench.inspection.entry import Entry
from bench.inspection.hints.interpreter import versions
from bench.inspection.notes import Bytecode

_STANDARD_LIBRARY = re.compile(r"((?:.*?/)?lib(?:32|64)?/python(3\.\d+)t?)/")
_PACKAGES = re.compile(r"(?:.*?/)?(?:site|dist)-packages(?=/)")
_FIELD = 2**32  # PEP 552 has 32 bits for the time and the size


class Source(NamedTuple):
    """A `.py` file that can be imported; `folder` is the library it is in, or the application's."""

    path: str
    folder: str
    size_bytes: int
    bytecode: Literal["valid", "stale", "missing"]


def sources(anatomy: Anatomy) -> Iterator[Source]:
    """Every importable source; none for an image without an interpreter.

    The standard library, `site-packages`, `dist-packages` and the application are looked at;
    tests are left out.
    """
    contents = anatomy.contents
    installed = versions(contents.files)
    compiled = _Compiled(contents)
    for path, file in contents.files.regular.items() if installed else ():
        folder = _folder(anatomy, path) if path.endswith(".py") else None
        if folder is None or not file.entry.size_bytes or anatomy.category[path] == "tests":
            continue
        version = _version(path)
        tags = [version] if version in installed else installed
        state = compiled.state(path, file.entry, [_tag(one) for one in tags])
        yield Source(path, folder, file.entry.size_bytes, state)


class _Compiled:
    """The image's bytecode, found under any name that leads to it."""

    def __init__(self, contents: ImageContents) -> None:
        self._files = contents.files
        regular = contents.files.regular
        self._notes: Mapping[int, Bytecode] = {
            regular[path].inode: note for path, note in contents.bytecode()
        }

    def state(
        self, path: str, source: Entry, tags: list[str]
    ) -> Literal["valid", "stale", "missing"]:
        folder, name = posixpath.split(path)
        names = (f"{folder}/__pycache__/{name[:-3]}.{tag}.pyc".lstrip("/") for tag in tags)
        notes = [note for name in names if (note := self._note(name)) is not None]
        if any(_fits(note, source) for note in notes):
            return "valid"
        return "stale" if notes else "missing"

    def _note(self, path: str) -> Optional[Bytecode]:
        file = self._files.paths.get(path)
        return self._notes.get(file.inode) if file is not None else None


def _fits(note: Bytecode, source: Entry) -> bool:
    by_time = (note.source_mtime_s, note.source_size_bytes)
    return note.hash_based or by_time == (source.mtime_s % _FIELD, source.size_bytes % _FIELD)


def _folder(anatomy: Anatomy, path: str) -> Optional[str]:
    found = _PACKAGES.match(path)
    if found:
        return found[0]
    found = _STANDARD_LIBRARY.match(path)
    if found:
        return found[1]
    owner = anatomy.ownership.of[path]
    if owner.kind != "application":
        return None
    return owner.where.strip("/") or posixpath.dirname(path)


def _version(path: str) -> Optional[str]:
    found = _STANDARD_LIBRARY.match(path)
    return found[2] if found else None


def _tag(version: str) -> str:
    return f"cpython-{version.replace('.', '')}"
