"""A picture as a browser's form would send it (RFC 7578): the same bytes for every load tool."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Optional

BOUNDARY = "slimbench-1c0f0dbb5a8b4e5f9d3f6a7e2b9c4d18"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def multipart(picture: Path) -> bytes:
    """The body of a request with this one file in a part named `file`."""
    # A name of our own: the user's may hold anything, and the service needs none.
    return form({"file": picture}, f"picture{picture.suffix}")


def form(files: Mapping[str, Path], file_name: Optional[str] = None) -> bytes:
    """The body of a request with these files, by the names of their parts.

    Args:
        files: in the order that they are sent in.
        file_name: what the service is told that the files are called; None for their own names.
    """
    parts = b"".join(_part(name, path, file_name or path.name) for name, path in files.items())
    return parts + f"--{BOUNDARY}--\r\n".encode()


def media_type(path: Path) -> str:
    """What a file holds, by the ending of its name."""
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _part(name: str, path: Path, file_name: str) -> bytes:
    names = f'name="{_quoted(name)}"; filename="{_quoted(file_name)}"'
    head = (
        f"--{BOUNDARY}\r\n"
        f"Content-Disposition: form-data; {names}\r\n"
        f"Content-Type: {media_type(path)}\r\n\r\n"
    )
    return head.encode() + path.read_bytes() + b"\r\n"


def _quoted(text: str) -> str:
    """As browsers do: three characters would end the name or the line (WHATWG HTML, form data)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
