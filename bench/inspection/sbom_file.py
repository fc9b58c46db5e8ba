"""Where the bill of materials goes: looked at before a long read, written whole after it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.whole_file import write_whole
from builders.errors import ConfigurationError

STANDARD_OUTPUT = "-"


def check(file: str, images: Sequence[str], *, as_json: bool) -> None:
    """Raise ConfigurationError where writing could only fail or mix with the other output."""
    if len(images) != 1:
        step = "run it once for each image"
        raise ConfigurationError(
            "a bill of materials is of one image", where="--sbom", next_step=step
        )
    if file == STANDARD_OUTPUT:
        if as_json:
            step = "give --sbom a file"
            raise ConfigurationError(
                "both write to standard output", where="--json, --sbom -", next_step=step
            )
        return
    folder = Path(file).absolute().parent
    if Path(file).is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        what = "is a folder" if Path(file).is_dir() else f"can't be written in {folder}"
        raise _unwritable(file, what)


def write(file: str, text: str) -> None:
    """Write it; raises ConfigurationError."""
    try:
        if file == STANDARD_OUTPUT:
            sys.stdout.write(text)
        else:
            write_whole(Path(file), text)
    except OSError as error:
        raise _unwritable(file, f"can't be written ({error.strerror})") from error


def _unwritable(file: str, what: str) -> ConfigurationError:
    return ConfigurationError(what, where=file, next_step="give --sbom a file that can be written")
