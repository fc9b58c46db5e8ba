"""500 requests that a service must survive, the same in every run.

Five families are damaged, disguised or exploding pictures in good requests; the others are bad
forms, bad HTTP and names of files that lead elsewhere.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import hostile_pictures
from hostile_bombs import bombs
from hostile_forms import bad_forms
from hostile_pictures import good
from raw_http import FORM, form, head, post

SEED = 20260612


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
        for sent in bad_forms(good("JPEG", dice), dice):
            yield Upload(family, sent)


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
    "bomb": (60, _pictures(bombs)),
    "form": (94, _forms),
    "protocol": (50, _protocol),
    "name": (62, _names),
}
