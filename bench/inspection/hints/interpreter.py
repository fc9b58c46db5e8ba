"""The Python interpreters of an image, by their standard libraries."""

from __future__ import annotations

import re

from bench.inspection.file_system import FileSystem

_LIBRARY = re.compile(r"(?:.*/)?lib(?:32|64)?/python(3\.\d+)t?/os\.pyc?")


def versions(files: FileSystem) -> tuple[str, ...]:
    """Such as `3.11`, oldest first; empty for an image without Python."""
    found = {match[1] for path in files.paths if (match := _LIBRARY.fullmatch(path))}
    return tuple(sorted(found, key=lambda version: int(version.partition(".")[2])))
