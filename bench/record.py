"""The record as a file: read with every mistake told in one sentence, written atomically."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Optional

from pydantic import ValidationError

from bench.json_layout import laid_out
from bench.record_types import RECORD_VERSION, Record
from bench.whole_file import write_whole
from builders.errors import DiskFull, RecordError, SlimbenchError

DEPTH = 5  # record, variants, a variant, its image, its owners: each owner is one line
_AGAIN = "run `slimbench run` to make one"
_NEWER = "run `slimbench run` for a new one, which keeps this one beside it"
_ASIDE = "move it away and run `slimbench run` again"


def load(path: Path) -> Record:
    """Read a record.

    Raises:
        RecordError: it is missing, cut off, something else, or of another version.
    """
    fields = _fields(path)
    version = fields.get("version")
    if type(version) is not int:
        raise RecordError("is no bench record", where=str(path), next_step=_ASIDE)
    if version != RECORD_VERSION:
        raise RecordError(
            f"is a bench record of version {version}; this slimbench reads {RECORD_VERSION}",
            where=str(path),
            next_step="use the slimbench that wrote it" if version > RECORD_VERSION else _NEWER,
        )
    try:
        return Record.model_validate_json(json.dumps(fields))
    except ValidationError as error:
        raise _invalid(path, error) from error


def save(path: Path, record: Record) -> None:
    """Write a record, so that at any moment the file is the old one or the new one, whole.

    The same record gives the same bytes. A folder that is missing is made.

    Raises:
        DiskFull: there is no room for it.
        RecordError: it can't be written there.
    """
    text = laid_out(record.model_dump(mode="json"), DEPTH)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text + "\n")
    except OSError as error:
        raise _unwritable(path, error) from error


def set_older_aside(path: Path) -> Optional[Path]:
    """Rename a record of an earlier version, so that a new one can take its place.

    Its samples stay readable to the slimbench that wrote it. None for any other record.

    Raises:
        RecordError: it can't be read or renamed, or is no record.
    """
    version = _fields(path).get("version")
    if type(version) is not int or version >= RECORD_VERSION:
        return None
    free = next(place for place in _beside(path, version) if not place.exists())
    try:
        return path.rename(free)
    except OSError as error:
        raise _unwritable(path, error) from error


def _beside(path: Path, version: int) -> Iterator[Path]:
    """Names for a record of this version: record.v1.json, record.v1.2.json and so on."""
    yield path.with_name(f"{path.stem}.v{version}{path.suffix}")
    for number in count(2):
        yield path.with_name(f"{path.stem}.v{version}.{number}{path.suffix}")


def _fields(path: Path) -> dict[str, Any]:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RecordError("there is no bench record", where=str(path), next_step=_AGAIN) from error
    except OSError as error:
        what = f"can't be read ({error.strerror})"
        raise RecordError(what, where=str(path), next_step=_AGAIN) from error
    except (ValueError, RecursionError) as error:
        what = "is no JSON, or cut off"
        raise RecordError(what, where=str(path), next_step=_ASIDE) from error
    if not isinstance(fields, dict):
        raise RecordError("is no bench record", where=str(path), next_step=_ASIDE)
    return fields


def _invalid(path: Path, error: ValidationError) -> RecordError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    what = f"isn't what slimbench writes at {key} ({first['msg'].lower()})"
    return RecordError(what, where=str(path), next_step=_ASIDE)


def _unwritable(path: Path, error: OSError) -> SlimbenchError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull("no room for the record", where=str(path), next_step="free some space")
    what = f"can't be written ({error.strerror})"
    return RecordError(what, where=str(path), next_step="make its folder writable")
