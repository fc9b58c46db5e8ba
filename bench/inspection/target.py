"""What the word IMAGE means: an archive, an unpacked one, a variant's image or another one."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from bench.inspection.near_names import perhaps
from builders.errors import ConfigurationError
from builders.problems import shortened

STANDARD_INPUT = "-"
SUFFIXES = (".tar", ".tgz", ".gz", ".zst", ".tzst", ".oci")
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP}

# A name, tag, digest or id as engines take it (github.com/distribution/reference, "Grammar").
_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?/)?{_PART}(?:/{_PART})*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z0-9.+_-]+:[0-9a-fA-F]{32,})?"
)


@dataclass(frozen=True)
class ArchiveTarget:
    """A `docker save` or OCI layout archive: a file, or standard input (`-`)."""

    name: str


@dataclass(frozen=True)
class FolderTarget:
    """An OCI image layout that isn't packed."""

    name: str


@dataclass(frozen=True)
class EngineTarget:
    """An image in the engine; `variant` when the matrix names it."""

    name: str
    reference: str
    variant: bool = False


Target = Union[ArchiveTarget, FolderTarget, EngineTarget]


def target_of(word: str, variants: Callable[[], Mapping[str, str]]) -> Target:
    """What the word means; only files are looked at.

    Args:
        word: as the user typed it.
        variants: names in the matrix to those of their images; asked only if the word is no file.

    Raises:
        ConfigurationError: it can be nothing but a file, and there is none that can be read.
    """
    mode = 0 if word == STANDARD_INPUT else _mode(word)
    if word == STANDARD_INPUT or (mode and not stat.S_ISDIR(mode)):
        return ArchiveTarget(word)
    if mode and (Path(word) / "oci-layout").is_file():
        return FolderTarget(word)
    if word in variants():
        return EngineTarget(word, variants()[word], variant=True)
    if _REFERENCE.fullmatch(word) and not word.endswith(SUFFIXES):
        return EngineTarget(word, word)
    raise _no_folder(word) if mode else _no_file(word)


def _mode(word: str) -> int:
    """The type of the file, or 0 without one."""
    try:
        return os.stat(word).st_mode if word else 0  # noqa: PTH116 - Path("") is the folder
    except OSError as error:
        if error.errno in _ABSENT:
            return 0
        what, step = f"can't be looked at ({error.strerror})", "give a file you may read"
        raise ConfigurationError(what, where=word, next_step=step) from error


def _no_folder(word: str) -> ConfigurationError:
    step = "give an archive, the folder of an OCI image layout, or the name of an image"
    return ConfigurationError("is a folder, and no OCI image layout", where=word, next_step=step)


def _no_file(word: str) -> ConfigurationError:
    near = perhaps(word, files_beside(word))
    step = near or "give a file that `docker save` wrote, or the name of an image"
    where = shortened(word) or repr(word)
    return ConfigurationError("there is no such file", where=where, next_step=step)


def files_beside(word: str) -> list[str]:
    """The names in the folder that a file of this name would be in."""
    folder = Path(word).parent
    try:
        return [str(folder / name) for name in sorted(os.listdir(folder))]  # noqa: PTH208
    except (OSError, ValueError):
        return []
