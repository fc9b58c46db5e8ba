"""Picture files of every sort that people feed a classifier, written with Pillow."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

ORIENTATION = 0x0112
ROTATED_90 = 6  # the camera was turned: show it turned by a quarter clockwise


def two_halves(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Left half red, right half blue."""
    picture = Image.new("RGB", size, (255, 0, 0))
    picture.paste((0, 0, 255), (size[0] // 2, 0, *size))
    return picture


def sideways(path: Path) -> Path:
    """A file whose EXIF entry says that red belongs at the top."""
    exif = Image.Exif()
    exif[ORIENTATION] = ROTATED_90
    two_halves().save(path, exif=exif)
    return path


def ramp_of_16_bit(path: Path) -> Path:
    """Greyscale with 256 values from 0 to 65535, one a column."""
    row = np.arange(256, dtype=np.uint16) * 257
    Image.fromarray(np.tile(row, (4, 1))).save(path)
    return path


def huge_png(path: Path, width: int, height: int) -> Path:
    """A few bytes whose header promises width times height pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks))
    return path


def many_scans(path: Path, scans: int, kept_apart_bytes: int = 0) -> Path:
    """A progressive JPEG whose last scan comes this many times, each time without any data.

    Before it stands a comment of so many bytes, which moves all that follows.
    """
    two_halves().convert("L").save(path, "JPEG", progressive=True)
    whole = path.read_bytes()
    more = scans - whole.count(b"\xff\xda")
    begin = whole.rfind(b"\xff\xda")
    (length,) = struct.unpack(">H", whole[begin + 2 : begin + 4])
    comment = b""
    while kept_apart_bytes > 0:
        size = min(kept_apart_bytes, 65_000)
        comment += b"\xff\xfe" + struct.pack(">H", size + 2) + bytes(size)
        kept_apart_bytes -= size
    header = whole[begin : begin + 2 + length]
    path.write_bytes(whole[:2] + comment + whole[2:-2] + header * more + whole[-2:])
    return path


def cut_off(path: Path, share: float = 0.5) -> Path:
    """The first part of a good picture with enough detail to need all its bytes."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    return path


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
