"""Pictures that nobody means well with: damaged, or disguised."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Iterator

import numpy as np
from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM")
HEADER_BYTES = 16
ZEROS = bytes(20_000_000)


def good(name: str, dice: random.Random) -> bytes:
    """A valid picture of this format, with detail."""
    noise = np.random.default_rng(dice.getrandbits(32)).integers(0, 256, (48, 40, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, format=name)
    return file.getvalue()


def cut_off(dice: random.Random) -> Iterator[bytes]:
    """The beginnings of good pictures, down to a single byte."""
    while True:
        for name in FORMATS:
            whole = good(name, dice)
            yield whole[: dice.choice((1, 7, 20, dice.randrange(1, len(whole))))]


def bit_flipped(dice: random.Random) -> Iterator[bytes]:
    """Good pictures with a few bits turned, often in the header."""
    while True:
        for name in FORMATS:
            damaged = bytearray(good(name, dice))
            end = dice.choice((64, len(damaged)))
            for _ in range(dice.choice((1, 3, 20))):
                damaged[dice.randrange(min(end, len(damaged)))] ^= 1 << dice.randrange(8)
            yield bytes(damaged)


def wrongly_headed(dice: random.Random) -> Iterator[bytes]:
    """The header of one format before the content of another."""
    while True:
        first, second = dice.sample(FORMATS, 2)
        yield good(first, dice)[:HEADER_BYTES] + good(second, dice)[HEADER_BYTES:]


def polyglots(dice: random.Random) -> Iterator[bytes]:
    """Files that are two things, or another thing than a picture."""
    page = b"<html><script>alert(document.domain)</script></html>"
    while True:
        jpeg, gif, png = (good(name, dice) for name in ("JPEG", "GIF", "PNG"))
        yield jpeg + _zip({"../../evil.py": b"import os"})
        yield gif[:6] + b"/*" + gif[6:] + b"*/=1;alert(1)"
        yield page + png
        yield png + page
        yield b"%PDF-1.7\n" + jpeg + b"\n%%EOF"
        yield (
            jpeg[:2]
            + b"\xff\xfe"
            + struct.pack(">H", 60)
            + b"<?php system($_GET[0]); ?>"
            + jpeg[2:]
        )
        yield b"#!/bin/sh\nrm -rf /\n" + gif
        yield b"\x7fELF" + bytes(60) + png
        yield b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>"
        yield b"push graphic-context\nfill 'url(https://127.0.0.1/|id)'\npop graphic-context"
        yield b"%!PS\n(/etc/passwd) (r) file\n"
        yield _zip({"x": ZEROS})


def _zip(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()
