"""Bytes that an image carries without showing them, or carries twice."""

from __future__ import annotations

from collections import defaultdict

from bench.inspection.facts import Duplicate, Waste
from bench.inspection.file_system import FileSystem

LARGEST = 50  # of each list; the sums count all


def waste(files: FileSystem) -> Waste:
    """Superseded content, identical files, and the share of written bytes that can be seen.

    Its lists are for people: their paths begin with a slash, unlike those of `files`.
    """
    superseded_bytes = sum(one.size_bytes for one in files.superseded)
    written_bytes = files.file_bytes + superseded_bytes
    identical = duplicates(files)
    largest = sorted(files.superseded, key=lambda one: (-one.size_bytes, one.path))[:LARGEST]
    return Waste(
        superseded_bytes=superseded_bytes,
        superseded_files=len(files.superseded),
        superseded=tuple(one.model_copy(update={"path": f"/{one.path}"}) for one in largest),
        duplicate_bytes=sum(one.size_bytes * (len(one.paths) - 1) for one in identical),
        duplicate_groups=len(identical),
        duplicates=tuple(
            one.model_copy(update={"paths": tuple(f"/{path}" for path in one.paths)})
            for one in identical[:LARGEST]
        ),
        efficiency=files.file_bytes / written_bytes if written_bytes else 1.0,
    )


def duplicates(files: FileSystem) -> tuple[Duplicate, ...]:
    """Groups of files with the same content that are stored each by itself, costliest first."""
    groups: dict[tuple[str, int], list[str]] = defaultdict(list)
    for path, file in files.regular.items():
        if file.entry.digest:
            groups[file.entry.digest, file.entry.size_bytes].append(path)
    found = (
        Duplicate(size_bytes=size_bytes, paths=tuple(paths))
        for (_, size_bytes), paths in groups.items()
        if len(paths) > 1
    )
    return tuple(sorted(found, key=lambda one: (-one.size_bytes * (len(one.paths) - 1), one.paths)))
