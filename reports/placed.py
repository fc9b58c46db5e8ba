"""Files put into their places together: all are written beside them before any is replaced."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path


def place(contents: Mapping[Path, str]) -> tuple[Path, ...]:
    """Write UTF-8 texts, byte for byte; missing folders are made, modes and links stay.

    Returns:
        The paths, as they were given.

    Raises:
        OSError: a file or its folder can't be written; then none has been replaced.
    """
    parts = {_target(path): text.encode() for path, text in contents.items()}
    beside = {path: path.with_name(f".{path.name}.part") for path in parts}
    try:
        for path, content in parts.items():
            beside[path].parent.mkdir(parents=True, exist_ok=True)
            beside[path].write_bytes(content)
            if path.exists():
                shutil.copymode(path, beside[path])
        for path, part in beside.items():
            part.replace(path)
    finally:
        for part in beside.values():
            if part.is_file():
                part.unlink()
    return tuple(contents)


def _target(path: Path) -> Path:
    """Where a link leads to; refuses what can't be replaced, before anything is."""
    path = path.resolve()
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return path
