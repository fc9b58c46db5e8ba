"""Small generated pictures as PNG, by the standard library alone."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from bench.probe.client import Part

SIDE = 64  # pixels
SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB = 2  # the PNG format's colour type

Colour = tuple[int, int, int]
# Of column and row; a classifier gives these three different answers.
PATTERNS: tuple[Callable[[int, int], Colour], ...] = (
    lambda x, y: (4 * x, 4 * y, 128),
    lambda x, y: (255 * (x // 8 % 2), 64, 255 * (y // 8 % 2)),
    lambda x, y: (x * y % 256, 255 - 3 * y, 255 - 4 * x),
)


def generated(number: int) -> Part:
    """The picture of this number, 64 by 64 pixels in 8-bit RGB."""
    colour = PATTERNS[number]
    rows = (b"\0" + b"".join(bytes(colour(x, y)) for x in range(SIDE)) for y in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, RGB, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")
    return Part(SIGNATURE + b"".join(_chunk(*chunk) for chunk in chunks), "image/png")


def cut_off() -> Part:
    """The first half of a picture."""
    content = generated(2).content
    return Part(content[: len(content) // 2], "image/png")


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
