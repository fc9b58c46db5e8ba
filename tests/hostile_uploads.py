"""500 requests that a service must survive, the same in every run.

Five families are damaged, disguised or exploding pictures in good requests; the others are bad
forms, bad HTTP and names of files that lead elsewhere.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import hostile_pictures
from hostile_pictures import ZEROS, good
from raw_http import BOUNDARY, FORM, form, head, part, post

SEED = 20260612
END = f"--{BOUNDARY}--\r\n".encode()


@dataclass(frozen=True)
class Upload:
    """Bytes to send.

    Attributes:
        half_closed: the client then says that nothing more comes.
        may_end_unanswered: whether a service may close the connection without a word, since the
            bytes are no HTTP, or end in the middle of a request.
    """

    family: str
    sent: bytes
    half_closed: bool = False
    may_end_unanswered: bool = False


@lru_cache(1)
def uploads() -> tuple[Upload, ...]:
    """All of them, in an order that mixes the families."""
    dice = random.Random(SEED)
    found = [
        one
        for family, (count, make) in FAMILIES.items()
        for one in islice(make(family, dice), count)
    ]
    dice.shuffle(found)
    return tuple(found)


def _pictures(make: Callable[[random.Random], Iterator[bytes]]) -> _Make:
    def uploading(family: str, dice: random.Random) -> Iterator[Upload]:
        for content in make(dice):
            yield Upload(family, post(form(content)))

    return uploading


def _forms(family: str, dice: random.Random) -> Iterator[Upload]:
    while True:
        for sent in _bad_forms(good("JPEG", dice), dice):
            yield Upload(family, sent)


def _bad_forms(picture: bytes, dice: random.Random) -> Iterator[bytes]:
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


def _protocol(family: str, dice: random.Random) -> Iterator[Upload]:
    while True:
        body = form(good("PNG", dice))
        for sent in _bad_requests(body):
            yield Upload(family, sent, may_end_unanswered=True)
        for sent in _broken_off(body, dice):
            yield Upload(family, sent, half_closed=True, may_end_unanswered=True)
        yield Upload(family, _declared(body, str(len(body) + 9)), may_end_unanswered=True)  # stuck


def _bad_requests(body: bytes) -> Iterator[bytes]:
    for length in ("-1", "abc", "9" * 30, "5, 5", "0x10", f"{len(body)}\r\nContent-Length: 3"):
        yield _declared(body, length)
    for coding in ("chunked, chunked", "gzip", "identity, chunked", "chunked\r\nContent-Length: 3"):
        yield _coded(body, coding)
    for chunked in (b"zz\r\n", b"-5\r\n", b"f" * 20 + b"\r\n", b"5;" + b"e" * 70_000 + b"\r\n"):
        yield _coded(chunked + body, "chunked")
    trailers = b"".join(b"T%d: x\r\n" % one for one in range(5000))
    yield _coded(b"%x\r\n" % len(body) + body + b"\r\n0\r\n" + trailers + b"\r\n", "chunked")
    for line in (
        "X: " + "y" * 40_000,
        "X: y\r\n" * 3000 + "X: y",
        "X: a\0b",
        "X : y",
        " folded",
        "X",
    ):
        yield post(body, headers=[line])
    for first in (
        b"BREW /predict HTTP/1.1",
        b"POST /predict HTTP/9.9",
        b"POST  /predict",
        b"GET /",
    ):
        yield first + b"\r\nHost: x\r\n\r\n"
    yield head(b"/" + b"a" * 60_000)
    yield head(b"/predict\xff\xfe")
    yield head(b"*", b"OPTIONS")
    yield head(b"service:8000", b"CONNECT")
    yield post(body, headers=["Expect: 100-continue"])
    yield post(body, headers=["Expect: the-impossible"])
    yield head(b"/predict", b"GET", ["Upgrade: websocket", "Connection: Upgrade"])
    yield head(b"/predict", b"PRI", ["Upgrade: h2c"])
    yield b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256))
    yield random.Random(len(body)).randbytes(4096)
    yield b"\r\n" * 20_000


def _broken_off(body: bytes, dice: random.Random) -> Iterator[bytes]:
    whole = post(body)
    yield whole[: dice.randrange(10, 60)]
    yield whole[: len(whole) - dice.randrange(1, len(body))]
    yield _coded(b"%x\r\n" % (len(body) + 99) + body, "chunked")
    yield _coded(b"%x\r\n" % len(body) + body + b"\r\n", "chunked")
    yield b""


def _declared(body: bytes, length: str) -> bytes:
    return head(b"/predict", headers=[f"Content-Type: {FORM}", f"Content-Length: {length}"]) + body


def _coded(body: bytes, coding: str) -> bytes:
    lines = [f"Content-Type: {FORM}", f"Transfer-Encoding: {coding}"]
    return head(b"/predict", headers=lines) + body


def _names(family: str, dice: random.Random) -> Iterator[Upload]:
    while True:
        for name in NAMES:
            method = dice.choice((b"GET", b"POST"))
            yield Upload(family, head(b"/inference/" + name, method, ["Content-Length: 0"]))


NAMES = (
    *(b"../" * depth + b"etc/passwd" for depth in (1, 3, 40)),
    *(b"..%2f" * depth + b"etc%2fpasswd" for depth in (1, 3, 40)),
    *(b"%2e%2e/etc/passwd", b"%2e%2e%2fetc%2fpasswd", b"..%252f..%252fetc%252fpasswd"),
    *(b"..%c0%af..%c0%afetc/passwd", b"..%5c..%5cetc%5cpasswd", b"....//....//etc/passwd"),
    *(b"/etc/passwd", b"//etc/passwd", b"%2fetc%2fpasswd", b"%2Fproc%2Fself%2Fenviron"),
    *(b".", b"..", b"./", b"../", b"%2e", b"%2e%2e", b"good.png/..", b"good.png/../../app"),
    *(b"good.png%00.jpg", b"%00", b"%0d%0aX:%20y", b"%ff%fe", b"%zz", b"%", b"a%", b"%u002e"),
    *(b"~root/x", b"$HOME/x", b"|id", b";id", b"`id`", b"file:///etc/passwd", b"http://x/y.png"),
    *(b"-rf", b"CON", b"a:b", b"x" * 255, b"x" * 256, b"x" * 20_000, b"x/" * 5000, b"%78" * 2000),
    *("ü.png".encode(), b"%C3%BC.png", b"good.png?top=0", b"good.png#../..", b"good.png/"),
    *(b"pipe", b"link", b"folder", b"folder/", b"empty.png", b"text.png", b"outside/passwd"),
)

_Make = Callable[[str, random.Random], Iterator[Upload]]
FAMILIES: Mapping[str, tuple[int, _Make]] = {
    "cut off": (70, _pictures(hostile_pictures.cut_off)),
    "bit-flipped": (100, _pictures(hostile_pictures.bit_flipped)),
    "wrong header": (40, _pictures(hostile_pictures.wrongly_headed)),
    "polyglot": (24, _pictures(hostile_pictures.polyglots)),
    "bomb": (60, _pictures(hostile_pictures.bombs)),
    "form": (94, _forms),
    "protocol": (50, _protocol),
    "name": (62, _names),
}
