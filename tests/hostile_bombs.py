"""Bombs: pictures of a few bytes that ask for much memory or time."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence

from hostile_pictures import ZEROS, good
from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"
MOST = 2**31 - 1


def bombs(dice: random.Random) -> Iterator[bytes]:
    """Each sort in turn."""
    while True:
        for make in BOMBS:
            yield make(dice)


def png(width: int, height: int, data: bytes, depth: int = 8, *more: tuple[bytes, bytes]) -> bytes:
    """A greyscale PNG of these dimensions, whatever its data are."""
    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), *more, (b"IDAT", data), (b"IEND", b""))
    return PNG + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def _huge_png(dice: random.Random) -> bytes:
    side = dice.choice((10_000, 65_535, 2**20, MOST))
    return png(side, dice.choice((1, side)), zlib.compress(bytes(1000)))


def _largest_allowed_png(dice: random.Random) -> bytes:
    """As many pixels as are allowed, in a few KB."""
    width, height = dice.choice(((5000, 4990), (24_000_000, 1), (1, 24_000_000)))
    rows = (bytes(1 + -(-width // 8))) * height
    return png(width, height, zlib.compress(rows, 1), 1)


def _text_png(dice: random.Random) -> bytes:
    packed = zlib.compress(ZEROS)
    chunk = dice.choice(((b"zTXt", b"Comment\0\0" + packed), (b"iTXt", b"XML\0\1\0\0\0" + packed)))
    return png(8, 8, zlib.compress(bytes(72)), 8, chunk)


def _profile_png(dice: random.Random) -> bytes:
    return png(8, 8, zlib.compress(bytes(72)), 8, (b"iCCP", b"sRGB\0\0" + zlib.compress(ZEROS)))


def _overfull_png(dice: random.Random) -> bytes:
    return png(8, 8, zlib.compress(ZEROS))


def _many_chunks_png(dice: random.Random) -> bytes:
    chunks: Sequence[tuple[bytes, bytes]] = [(b"tEXt", b"k\0v")] * 20_000
    return png(8, 8, zlib.compress(bytes(72)), 8, *chunks)


def _huge_gif(dice: random.Random) -> bytes:
    screen = struct.pack("<HHBBB", 65_535, 65_535, 0x80, 0, 0) + bytes(6)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0)
    return b"GIF89a" + screen + frame + b"\x02\x02\x4c\x01\x00;"


def _many_frames_gif(dice: random.Random) -> bytes:
    frames = [Image.new("L", (4, 4), one % 256) for one in range(2000)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


def _tiff(tags: Sequence[tuple[int, int, int, int]], following: int = 0) -> bytes:
    """A TIFF of one directory at byte 8; tags are number, type, count and value."""
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", following)


def _huge_tiff(dice: random.Random) -> bytes:
    side = dice.choice((60_000, 2**31, 2**32 - 1))
    sizes = [
        (256, 4, 1, side),
        (257, 4, 1, side),
        (258, 3, 1, 8),
        (259, 3, 1, dice.choice((1, 5, 8))),
    ]
    return _tiff(
        [*sizes, (262, 3, 1, 1), (273, 4, 1, 8), (278, 4, 1, side), (279, 4, 1, 2**32 - 1)]
    )


def _many_strips_tiff(dice: random.Random) -> bytes:
    sizes = [(256, 4, 1, 16), (257, 4, 1, 16), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
    return _tiff([*sizes, (273, 4, 2**32 - 1, 8), (278, 4, 1, 1), (279, 4, 2**30, 8)])


def _circular_tiff(dice: random.Random) -> bytes:
    return _tiff([(256, 4, 1, 4), (257, 4, 1, 4)], following=8)


def _huge_bmp(dice: random.Random) -> bytes:
    width, height = dice.choice(((MOST, MOST), (60_000, -60_000), (-1, 5), (2**16, 2**16)))
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header


def _huge_webp(dice: random.Random) -> bytes:
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff\xff\xff" * 2
    return b"RIFF" + struct.pack("<I", 4 + len(canvas)) + b"WEBP" + canvas


def _huge_ppm(dice: random.Random) -> bytes:
    digits = dice.choice((5, 10, 4000))
    return b"P6 " + b"9" * digits + b" " + b"9" * digits + b" 255\n" + bytes(100)


def _huge_jpeg(dice: random.Random) -> bytes:
    """A good one whose frame header says 65535 by 65535."""
    whole = bytearray(good("JPEG", dice))
    frame = whole.find(b"\xff\xc0")
    whole[frame + 5 : frame + 9] = b"\xff" * 4
    return bytes(whole)


def _many_scans_jpeg(dice: random.Random) -> bytes:
    """The last scan of a progressive one again and again: each goes over all pixels."""
    file = io.BytesIO()
    Image.new("L", (4990, 4990)).save(file, "JPEG", progressive=True)
    whole = file.getvalue()
    begin = whole.rfind(b"\xff\xda")
    return whole[:-2] + whole[begin : begin + 10] * dice.choice((1000, 100_000)) + whole[-2:]


BOMBS: tuple[Callable[[random.Random], bytes], ...] = (
    _huge_png,
    _largest_allowed_png,
    _text_png,
    _profile_png,
    _overfull_png,
    _many_chunks_png,
    _huge_gif,
    _many_frames_gif,
    _huge_tiff,
    _many_strips_tiff,
    _circular_tiff,
    _huge_bmp,
    _huge_webp,
    _huge_ppm,
    _huge_jpeg,
    _many_scans_jpeg,
)
