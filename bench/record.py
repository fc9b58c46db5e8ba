"""The record as a file: read with every mistake told in one sentence, written atomically."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bench.record_types import RECORD_VERSION, Record
from builders.errors import DiskFull, RecordError, SlimbenchError

_AGAIN = "run `slimbench run` to make one"
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
            next_step="use the slimbench that wrote it" if version > RECORD_VERSION else _ASIDE,
        )
    try:
        return Record.model_validate_json(json.dumps(fields))
    except ValidationError as error:
        raise _invalid(path, error) from error


def save(path: Path, record: Record) -> None:
    """Write a record, so that at any moment the file is the old one or the new one, whole.

    The same record gives the same bytes.

    Raises:
        DiskFull: there is no room for it.
        RecordError: it can't be written there.
    """
    text = json.dumps(record.model_dump(mode="json"), sort_keys=True, indent=1, allow_nan=False)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        _write_through(partial, text + "\n")
        partial.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):  # gone when all went well
            partial.unlink()


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


def _unwritable(path: Path, error: OSError) -> SlimbenchError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull("no room for the record", where=str(path), next_step="free some space")
    what = f"can't be written ({error.strerror})"
    return RecordError(what, where=str(path), next_step="make its folder writable")
