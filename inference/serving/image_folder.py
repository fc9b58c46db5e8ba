"""Pictures in the mounted folder, by a name that came from outside."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from inference import protocol
from inference.failures import InferenceError

MAX_PART_BYTES = 255  # what file systems take
MAX_NAME_LENGTH = 1024
ABSENT = "there is no such picture: put it into the folder that is mounted for images"
LEADS_OUT = "the name leads out of the images folder"


@dataclass(frozen=True)
class ImageFile:
    """A picture in the folder; `name` has no component that could lead out of it."""

    folder: Path
    name: str
    max_bytes: int

    def read(self) -> bytes:
        """Its bytes; raises InferenceError.

        Links are followed as long as they stay in the folder: volumes of Kubernetes are made of
        such links.
        """
        folder = os.path.realpath(self.folder)
        path = os.path.realpath(self.folder / self.name)
        if os.path.commonpath((folder, path)) != folder:
            raise InferenceError(protocol.BAD_REQUEST, LEADS_OUT)
        try:
            # Not blocking, for a pipe has no end; the last component is no link any more.
            opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except PermissionError as error:
            message = "the service may not read this picture"
            raise InferenceError(protocol.UNREADABLE, message) from error
        except OSError as error:
            raise InferenceError(protocol.NOT_FOUND, ABSENT) from error
        try:
            return self._content(opened)
        finally:
            os.close(opened)

    def _content(self, opened: int) -> bytes:
        status = os.fstat(opened)
        if not stat.S_ISREG(status.st_mode):
            raise InferenceError(protocol.NOT_FOUND, ABSENT)
        with open(opened, "rb", closefd=False) as file:
            content = file.read(self.max_bytes + 1)
        if len(content) > self.max_bytes:
            message = f"the file is larger than {self.max_bytes} bytes"
            raise InferenceError(protocol.TOO_LARGE, message)
        return content


def checked_name(name: str) -> str:
    """The name, if it can be one below the folder; raises InferenceError bad-request."""
    parts = name.split("/")
    longest = max(len(part.encode(errors="replace")) for part in parts)
    if "\0" in name or longest > MAX_PART_BYTES or len(name) > MAX_NAME_LENGTH:
        raise InferenceError(protocol.BAD_REQUEST, "this is no name of a file")
    if name.startswith("/") or ".." in parts:
        raise InferenceError(protocol.BAD_REQUEST, LEADS_OUT)
    return name
