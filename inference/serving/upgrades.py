"""A client's wish for another protocol, hidden from the parser, as RFC 9110, 7.8 lets us ignore it.

The parser would take the request's body for that protocol's. Java's client wishes for HTTP/2 with
every request.
"""

from __future__ import annotations

import re

HEADER = re.compile(rb"(?<=\n)upgrade(?=:)", re.IGNORECASE)
INSTEAD = b"ignored"  # as long as the header's name


def without_upgrade(data: bytes) -> bytes:
    """A chunk of headers, perhaps with a part of the body, without the wish."""
    end = data.find(b"\r\n\r\n")
    head = data if end < 0 else data[:end]
    return HEADER.sub(INSTEAD, head) + data[len(head) :] if HEADER.search(head) else data
