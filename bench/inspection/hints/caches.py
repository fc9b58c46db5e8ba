"""What package managers keep for the next time they run, which never comes in an image."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Optional

from bench.inspection.anatomy import Anatomy
from bench.inspection.contents import ImageContents
from bench.inspection.finding_types import Hint
from bench.inspection.hints.cache_paths import cache_manager
from bench.inspection.hints.evidence import bounded, count, layer, paths, size
from bench.inspection.hints.hint import FLOOR_BYTES
from bench.inspection.hints.removable import removable
from bench.inspection.hints.selections import CACHE

_LINES = {
    "apk": "RUN apk add --no-cache PACKAGES",
    "apt": "RUN apt-get update && apt-get install --yes --no-install-recommends PACKAGES"
    " && apt-get clean && rm -rf /var/lib/apt/lists/*",
    "conda": "RUN conda install --yes PACKAGES && conda clean --all --yes",
    "dnf": "RUN dnf install --assumeyes PACKAGES && dnf clean all",
    "npm": "RUN npm ci && npm cache clean --force",
    "pip": "RUN pip install --no-cache-dir -r requirements.txt",
    "uv": "RUN uv pip install --no-cache -r requirements.txt",
}


class _Cached(NamedTuple):
    """A file of a cache; `deleted_in` is the layer that hides it without freeing anything."""

    path: str
    size_bytes: int
    written_in: int
    deleted_in: Optional[int] = None


class PackageManagerCache:
    """Caches of pip, apt, conda and others, those too that a later layer deletes."""

    id = CACHE

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """Advise to clear each cache in the step that fills it."""
        caches = _by_manager(anatomy)
        total = sum(one.size_bytes for found in caches.values() for one in found)
        if total < FLOOR_BYTES:
            return None
        lines = [_line(anatomy.contents, name, found) for name, found in caches.items()]
        return Hint(
            id=self.id,
            title=f"caches of {', '.join(caches)}",
            evidence=bounded(lines),
            saves_bytes=total,
            dockerfile="\n".join(_LINES[name] for name in caches),
        )


def _by_manager(anatomy: Anatomy) -> Mapping[str, list[_Cached]]:
    """Manager to its files, the largest cache first, the largest file first in each."""
    found: dict[str, list[_Cached]] = defaultdict(list)
    for one in _all(anatomy):
        manager = cache_manager(one.path)
        if manager is not None and one.size_bytes:
            found[manager].append(one)
    for files in found.values():
        files.sort(key=lambda one: (-one.size_bytes, one.path))
    sums = {name: sum(one.size_bytes for one in files) for name, files in found.items()}
    return {name: found[name] for name in sorted(found, key=lambda name: (-sums[name], name))}


def _all(anatomy: Anatomy) -> Iterator[_Cached]:
    files = anatomy.contents.files
    for part in removable(anatomy).by_hint.get(CACHE, ()):
        yield _Cached(part.path, part.size_bytes, files.regular[part.path].layer)
    for one in files.superseded:
        yield _Cached(one.path, one.size_bytes, one.written_in, one.superseded_in)


def _line(contents: ImageContents, manager: str, found: list[_Cached]) -> str:
    total = sum(one.size_bytes for one in found)
    written = layer(contents, found[0].written_in)
    named = paths([one.path for one in found])
    line = f"{manager}: {size(total)} in {count(len(found), 'file')}, most in {written}: {named}"
    hidden = sum(one.size_bytes for one in found if one.deleted_in is not None)
    if not hidden:
        return line
    return f"{line}; a later layer hides {size(hidden)} of it, which frees nothing"
