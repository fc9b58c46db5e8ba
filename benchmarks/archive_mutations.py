"""Ways to spoil an archive: its bytes, its headers with checksums that fit, its documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any, Optional

from bench.inspection.tar_header import BLOCK_BYTES, TarHeaderError, header_of, is_header
from benchmarks.archive_corpus import Draft, summed

FIELDS = (
    ((0, 100), (b"", b"/", b"..", b"../../etc/x", b"a/../..", b".wh.", b".wh..", b"a" * 100)),
    ((0, 100), (b".wh..wh..opq", b"usr", b"etc/passwd/x", b"\xff\xfe", b"./", b"//x", b"usr/bin/")),
    ((100, 108), (b"0004777\0", b"        ", b"7777777\0", b"\xff" * 8, b"888", b"-1")),
    ((108, 116), (b"\x80" + b"\xff" * 7, b"7777777\0", b"0x10", b"")),
    ((124, 136), (b"0" * 11 + b"\0", b"7" * 11 + b"\0", b"\x80" + b"\xff" * 11, b"\xff" * 12)),
    ((124, 136), (b"00000000001\0", b"00000001000\0", b"00004000000\0", b"\x80" + bytes(11))),
    ((136, 148), (b"\xff" * 12, b"\x80" + b"\x7f" * 11, b"7" * 11 + b"\0", b"")),
    ((156, 157), tuple(bytes([kind]) for kind in b"0123456789xgXLKSDMVN\0\xff")),
    ((157, 257), (b"", b"/", b"..", b"usr/bin/sudo", b"a" * 100, b"bin/sh", b"\xff")),
    ((257, 265), (b"ustar\00000", b"ustar  \0", bytes(8), b"ustar\0  ")),
    ((345, 500), (b"a" * 155, b"..", b"/", b"\xff" * 155)),
    ((482, 495), (b"\x01" + b"7" * 11 + b"\0", b"\x00" + b"\xff" * 12, b"")),
)
RECORDS = (
    *(b"path=", b"path=../x", b"path=" + b"a/" * 3000, b"linkpath=usr", b"size=1", b"size=-1"),
    *(b"size=9999999999999999", b"size=0", b"uid=x", b"mtime=nan", b"mtime=-1.5", b"gid=1e9"),
    *(b"GNU.sparse.size=7", b"GNU.sparse.realsize=999999999999999999", b"GNU.sparse.major=1"),
    *(b"GNU.sparse.name=../x", b"SCHILY.xattr.security.capability=x", b"=", b"x", b""),
)
VALUES: tuple[object, ...] = (
    *(None, True, 0, -1, 1e308, 2**70, "", "x", "\u0000", "../x", "sha256:" + "0" * 64),
    *([], {}, [[]], [None], {"": {}}, ["x"], {"digest": 1}, "\x1b[2J\n", "x" * 5000),
)
TOKENS = (
    b"\0",
    b"\n",
    b"/",
    b"..",
    b"\xff\xff\xff\xff",
    b"{",
    b'"',
    b",,",
    b": ",
    b"\x7fELF",
    b"%s",
)
MAX_EDITS = 6


def spoiled(draft: Draft, rng: Random) -> bytes:
    """An archive of the draft that is wrong somewhere, or a few times over."""
    level = rng.random()
    layers = list(draft.layers)
    if level < 0.55:
        place = rng.randrange(len(layers))
        layers[place] = spoiled_tar(layers[place], rng)
    if level < 0.1:
        layers = rng.choices(layers, k=rng.randint(0, 4))

    def change(_: str, text: bytes) -> bytes:
        return spoiled_json(text, rng) if level > 0.5 and rng.random() < 0.3 else text

    def pack(data: bytes) -> bytes:
        packed = draft.pack(data)
        return spoiled_bytes(packed, rng) if level > 0.7 and rng.random() < 0.2 else packed

    archive = Draft(layers, draft.layout, pack, draft.whole).packed(change)
    return spoiled_tar(archive, rng) if level > 0.75 else archive


def spoiled_tar(tar: bytes, rng: Random) -> bytes:
    """A tar archive with a few edits."""
    for _ in range(min(rng.randint(1, MAX_EDITS), rng.randint(1, MAX_EDITS))):
        tar = rng.choice(EDITS)(tar, rng)
    return tar


def spoiled_header(tar: bytes, rng: Random) -> bytes:
    """One field of one header is another, and the checksum fits."""
    start = _header_start(tar, rng)
    if start is None:
        return spoiled_bytes(tar, rng)
    block = bytearray(tar[start : start + BLOCK_BYTES])
    (first, end), values = rng.choice(FIELDS)
    block[first:end] = rng.choice(values)[: end - first].ljust(end - first, b"\0")
    return tar[:start] + summed(block) + tar[start + BLOCK_BYTES :]


def spoiled_content(tar: bytes, rng: Random) -> bytes:
    """Other bytes in one member's content, which keeps its size."""
    start = _header_start(tar, rng)
    if start is None:
        return tar
    begin = start + BLOCK_BYTES
    try:
        end = begin + header_of(tar[start:begin]).stored_bytes
    except TarHeaderError:
        return tar
    content = tar[begin:end]
    if not content:
        return spoiled_header(tar, rng)
    for _ in range(rng.randint(1, 3)):
        content = spoiled_bytes(content, rng)[: len(content)].ljust(len(content), b" ")
    return tar[:begin] + content + tar[end:]


def extended(tar: bytes, rng: Random) -> bytes:
    """One more extended header before one of the members."""
    start = _header_start(tar, rng)
    if start is None:
        return tar
    kind = rng.choice(b"xxxgLK")
    data = b"".join(_record(rng.choice(RECORDS), rng) for _ in range(rng.randint(0, 3)))
    block = bytearray(tar[start : start + BLOCK_BYTES])
    block[156] = kind
    block[124:136] = b"%011o\0" % (len(data) if rng.random() < 0.9 else rng.getrandbits(30))
    padded = data.ljust(-(-len(data) // BLOCK_BYTES) * BLOCK_BYTES, b"\0")
    return tar[:start] + summed(block) + padded + tar[start:]


def _record(text: bytes, rng: Random) -> bytes:
    length = len(text) + 2
    length += len(str(length + 1))
    return b"%d %s\n" % (length if rng.random() < 0.9 else rng.getrandbits(10), text)


def _header_start(tar: bytes, rng: Random) -> Optional[int]:
    """Of any header; the search begins anywhere, so that all are found alike."""
    blocks = len(tar) // BLOCK_BYTES
    first = rng.randrange(blocks) if blocks else 0
    starts = (number * BLOCK_BYTES for number in (*range(first, blocks), *range(first)))
    return next((at for at in starts if tar[at] and is_header(tar[at : at + BLOCK_BYTES])), None)


def spoiled_bytes(data: bytes, rng: Random) -> bytes:
    """Flipped, cut, spliced, repeated or overwritten bytes."""
    if not data:
        return rng.choice(TOKENS)
    at, to = sorted((rng.randrange(len(data)), rng.randrange(len(data))))
    way = rng.randrange(7)
    if way == 0:
        return data[:at]
    if way == 1:
        return data[:at] + data[to:]
    if way == 2:
        end = min(to, at + 4 * BLOCK_BYTES)
        return data[:end] + data[at:end] * rng.randint(1, 3) + data[end:]
    token = rng.choice(TOKENS) if way < 5 else rng.randbytes(rng.randint(1, 4))
    return data[:at] + token + data[at + (len(token) if way != 3 else 0) :]


def spoiled_json(text: bytes, rng: Random) -> bytes:
    """A document of another shape, or text that is none."""
    if rng.random() < 0.25:
        return spoiled_bytes(text, rng)
    document: Any = json.loads(text)
    for _ in range(rng.randint(1, 3)):
        document = _with_change(document, rng)
    return json.dumps(document).encode()


def _with_change(document: Any, rng: Random) -> Any:
    keys: list[Any] = list(document) if isinstance(document, dict) else []
    if isinstance(document, list):
        keys = list(range(len(document)))
    if not keys or rng.random() < 0.2:
        return deepcopy(rng.choice(VALUES))
    key = rng.choice(keys)
    if rng.random() < 0.15:
        del document[key]
    else:
        document[key] = _with_change(document[key], rng)
    return document


# Headers are few among the bytes, and most of what is decided is decided by them.
EDITS: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(spoiled_header, spoiled_header, spoiled_header, extended),
    *(spoiled_content, spoiled_content, spoiled_content, spoiled_bytes),
)
