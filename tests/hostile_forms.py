"""Bad forms: wrong types, parts without a name, thousands of them, too much of everything."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator

from hostile_pictures import ZEROS
from raw_http import BOUNDARY, form, part, post

END = f"--{BOUNDARY}--\r\n".encode()


def bad_forms(picture: bytes, dice: random.Random) -> Iterator[bytes]:
    yield from _bad_types(picture)
    yield from _bad_parts(picture, dice)
    many = dice.choice((2000, 8000))
    yield post(b"".join(part(b"", f"field{one}") for one in range(many)) + END)
    yield post(form(*[b""] * many))
    yield post(form(*[picture] * 33))
    yield post(form(picture, b"", picture))
    yield post(form(bytes(21_000_000)))
    yield post(form(picture), headers=["Content-Encoding: gzip"])
    yield post(gzip.compress(form(ZEROS)), headers=["Content-Encoding: gzip"])
    for top in ("99999999999999999999", "NaN", "%00", "1e3", "5&top=x", "x" * 10_000, "-0"):
        yield post(form(picture), target=f"/predict?top={top}".encode())


def _bad_types(picture: bytes) -> Iterator[bytes]:
    """Content types that are no form's, or whose boundary is none."""
    body = form(picture)
    for boundary in ("", "=", '="', f"={BOUNDARY}x", f'="{BOUNDARY}', "=" + "b" * 5000, "=\x7f"):
        yield post(body, f"multipart/form-data; boundary{boundary}")
    for kind in ("", "multipart/form-data", "application/json", "image/jpeg", "text/plain", ";;;="):
        yield post(body, kind)
    yield post(b"file=picture&file=other", "application/x-www-form-urlencoded")
    yield post(body, f"multipart/mixed; boundary={BOUNDARY}")
    yield post(body, f"multipart/form-data; boundary={BOUNDARY}; boundary=other")
    yield post(body, f"multipart/form-data; charset=utf-7; boundary*=utf-8''{BOUNDARY}")


def _bad_parts(picture: bytes, dice: random.Random) -> Iterator[bytes]:
    """Forms that don't end, parts without a name, headers that no part has."""
    dashes = f"--{BOUNDARY}\r\n".encode()
    yield post(b"")
    yield post(END)
    yield post(dashes)
    yield post(dashes * 3000)
    yield post(part(picture))
    yield post(form(picture)[: dice.randrange(200, 700)])
    yield post(form(form(picture)))
    yield post(b"preamble" * 1000 + form(picture) + b"epilogue" * 1000)
    yield post(dashes + b"\r\n" + picture + b"\r\n" + END)
    yield post(dashes + b"Content-Disposition: form-data\r\n\r\n" + picture + b"\r\n" + END)
    yield post(dashes + b'content-disposition: form-data; name="file"\n\n' + picture + b"\n" + END)
    yield post(dashes + b"no colon\r\n\r\n" + picture + b"\r\n" + END)
    yield post(form(picture).replace(b"\r\n", b"\n"))
    for name in ("../../etc/passwd", "a\0b", "\u202egpj.exe", "x" * 10_000, '"; name="other'):
        yield post(form(picture).replace(b'"picture"', f'"{name}"'.encode()))
    for more in ("X: " + "y" * 100_000, "X: y\r\n" * 5000, "Content-Transfer-Encoding: base64"):
        yield post(part(picture, more=more + "\r\n") + END)
