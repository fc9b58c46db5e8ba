"""Files written so that a reader sees the old one or the new one, whole."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Replace a file's content at one stroke, on the disk when it returns; raises OSError.

    A path that isn't a regular file, such as a pipe or `/dev/stdout`, is written to directly.
    """
    if _is_stream(path):
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        return
    path = path.resolve()  # a link stays one
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        _write_through(partial, text)
        partial.replace(path)
        _sync_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):  # gone when all went well
            partial.unlink()


def _is_stream(path: Path) -> bool:
    on_devices = Path("/dev") in path.absolute().parents
    return on_devices or (path.exists() and not path.is_file() and not path.is_dir())


def _write_through(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    # Without it, the new name may be lost with the power although the content was written.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
