"""Which hint each file that could go counts for: one at most, so that no byte is saved twice.

The first rule that holds takes the file. Hints about what is in a file (`unstripped-libraries`)
or beside it (`duplicate-files`) count the files that no rule here takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Optional
from weakref import WeakKeyDictionary

from bench.inspection.anatomy import Anatomy
from bench.inspection.facts import Owner
from bench.inspection.hints.selections import SELECTIONS, Candidate


class Part(NamedTuple):
    """A file that could go."""

    path: str
    size_bytes: int
    owner: Owner


class Removable(NamedTuple):
    """The files that could go, by the hint they count for, largest first."""

    by_hint: Mapping[str, tuple[Part, ...]]
    paths: frozenset[str]


_KNOWN: WeakKeyDictionary[Anatomy, Removable] = WeakKeyDictionary()


def removable(anatomy: Anatomy) -> Removable:
    """Sort the image's files by the hint that would remove them; done once for each image."""
    known = _KNOWN.get(anatomy)
    if known is None:
        known = _KNOWN[anatomy] = _sorted(anatomy)
    return known


def _sorted(anatomy: Anatomy) -> Removable:
    rules = [(hint, select(anatomy)) for hint, select in SELECTIONS]
    found: dict[str, list[Part]] = defaultdict(list)
    for candidate in _candidates(anatomy):
        hint = _first(rules, candidate)
        if hint is not None:
            found[hint].append(Part(candidate.path, candidate.size_bytes, candidate.owner))
    by_hint = {
        hint: tuple(sorted(parts, key=lambda one: (-one.size_bytes, one.path)))
        for hint, parts in found.items()
    }
    return Removable(by_hint, frozenset(one.path for parts in found.values() for one in parts))


def _first(
    rules: list[tuple[str, Callable[[Candidate], bool]]], candidate: Candidate
) -> Optional[str]:
    return next((hint for hint, fits in rules if fits(candidate)), None)


def _candidates(anatomy: Anatomy) -> Iterator[Candidate]:
    files = anatomy.contents.files
    names: dict[int, list[str]] = defaultdict(list)
    for path, file in files.paths.items():
        if file.entry.kind == "file":
            names[file.inode].append(path)
    for path, file in files.regular.items():
        yield Candidate(
            path=path,
            names=tuple(names[file.inode]),
            size_bytes=file.entry.size_bytes,
            owner=anatomy.ownership.of[path],
            category=anatomy.category[path],
        )
