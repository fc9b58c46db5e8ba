"""A picture as a browser's form would send it (RFC 7578): the same bytes for every load tool."""

from __future__ import annotations

import mimetypes
from pathlib import Path

BOUNDARY = "slimbench-1c0f0dbb5a8b4e5f9d3f6a7e2b9c4d18"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def multipart(picture: Path) -> bytes:
    """The body of a request with this one file in a part named `file`."""
    kind = mimetypes.guess_type(picture.name)[0] or "application/octet-stream"
    head = (
        f"--{BOUNDARY}\r\n"
        # A name of our own: the user's may hold anything, and the service needs none.
        f'Content-Disposition: form-data; name="file"; filename="picture{picture.suffix}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    return head.encode() + picture.read_bytes() + f"\r\n--{BOUNDARY}--\r\n".encode()
