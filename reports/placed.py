"""Files put into their places together: all are written beside them before any is replaced."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from bench.whole_file import write_all_whole


def place(contents: Mapping[Path, str]) -> tuple[Path, ...]:
    """Write UTF-8 texts, byte for byte; missing folders are made, modes and links stay.

    Returns:
        The paths, as they were given.

    Raises:
        OSError: a file or its folder can't be written; then none has been replaced.
    """
    for path in contents:
        _refuse_read_only(path)
        path.parent.mkdir(parents=True, exist_ok=True)
    write_all_whole(contents)
    return tuple(contents)


def _refuse_read_only(path: Path) -> None:
    if path.is_file() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
