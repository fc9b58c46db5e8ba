"""Files written so that a reader sees the old one or the new one, whole."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Replace a file's content at one stroke, on the disk when it returns; raises OSError.

    A path that isn't a regular file, such as a pipe or `/dev/stdout`, is written to directly.
    """
    write_all_whole({path: text})


def write_all_whole(texts: Mapping[Path, str]) -> None:
    """The same for several files: none is replaced before all have been written beside theirs."""
    streams = {path: text for path, text in texts.items() if _is_stream(path)}
    # A link stays one.
    places = {path.resolve(): text for path, text in texts.items() if path not in streams}
    partials = {path: path.with_name(f".{path.name}.{os.getpid()}.partial") for path in places}
    try:
        for path, text in places.items():
            _refuse_folder(path)
            _write_through(partials[path], text)
            if path.exists():
                shutil.copymode(path, partials[path])
        for path, partial in partials.items():
            partial.replace(path)
            _sync_folder(path.parent)
    finally:
        for partial in partials.values():
            with contextlib.suppress(OSError):  # gone when all went well
                partial.unlink()
    for path, text in streams.items():
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)


def _refuse_folder(path: Path) -> None:
    if path.is_dir():  # replacing it would fail after others were replaced
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))


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
