"""One header block of a tar archive, and the records of an extended one.

POSIX pax (IEEE 1003.1-2017), old GNU and V7 blocks, read as Go's archive/tar does, which engines
unpack layers with. Python's tarfile isn't used: it keeps what it read, nests as deep as an archive
tells it to, and lets global headers change later members, which engines don't.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple, Optional

BLOCK_BYTES = 512
REGULAR, OLD_REGULAR, HARD_LINK, SYMBOLIC_LINK = b"0", b"\0", b"1", b"2"
CHARACTER_DEVICE, BLOCK_DEVICE, FOLDER, FIFO, CONTIGUOUS = b"3", b"4", b"5", b"6", b"7"
PAX, PAX_GLOBAL = b"x", b"g"
GNU_LONG_NAME, GNU_LONG_LINK, GNU_SPARSE = b"L", b"K", b"S"

_GNU = b"ustar  \0"
_POSIX = b"ustar\0"
_LARGEST = 2**63  # what Go's int64 takes
_RECORD = re.compile(rb"(\d{1,8}) ([^=\0]+)=")
_DECIMAL = re.compile(rb"(-?\d{1,18})(?:\.\d*)?")


class TarHeaderError(ValueError):
    """A header can't be one; the message completes "the archive can't be read (...)"."""


class Header(NamedTuple):
    """A member as its block tells it; `real_bytes` and `goes_on` are those of old GNU sparse."""

    kind: bytes
    name: bytes
    target: bytes
    stored_bytes: int
    mode: int
    uid: int
    gid: int
    mtime_s: int
    real_bytes: int
    goes_on: bool


def header_of(block: bytes) -> Header:
    """The header in a block of 512 bytes; raises TarHeaderError."""
    if not is_header(block):
        raise TarHeaderError("a header's checksum is wrong")
    gnu, kind = block[257:265] == _GNU, block[156:157]
    name, sparse = _text(block[:100]), gnu and kind == GNU_SPARSE
    if block[257:263] == _POSIX and block[345]:
        name = _text(block[345:500]) + b"/" + name
    return Header(
        kind=kind,
        name=name,
        target=_text(block[157:257]),
        stored_bytes=_number(block[124:136]),
        mode=_number(block[100:108]),
        uid=_number(block[108:116]),
        gid=_number(block[116:124]),
        mtime_s=_number(block[136:148]),
        real_bytes=_number(block[483:495]) if sparse else 0,
        goes_on=sparse and block[482] != 0,
    )


def is_header(block: bytes) -> bool:
    """Whether the block's checksum fits: of unsigned bytes, or of signed ones as old tars did."""
    if len(block) < BLOCK_BYTES:
        return False
    try:
        stored = _number(block[148:156])
    except TarHeaderError:
        return False
    unsigned = sum(block) - sum(block[148:156]) + 8 * ord(" ")
    return stored == unsigned or stored == unsigned - 256 * _high(block)


def _high(block: bytes) -> int:
    return sum(byte > 127 for byte in block[:148] + block[156:])


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


@lru_cache(maxsize=4096)  # few modes, owners and times: quick, and one object each in memory
def _number(field: bytes) -> int:
    text = field.strip(b" \0")
    if text.isdigit():
        return _octal(text)
    if field[0] & 0x80:
        return _base_256(field)
    return _octal(text.partition(b"\0")[0].strip(b" "))


def _octal(text: bytes) -> int:
    if not text:
        return 0
    try:
        if text.isdigit():
            return int(text, 8)
    except ValueError:
        pass
    raise TarHeaderError("a header holds a broken number")


def _base_256(field: bytes) -> int:
    """Two's complement behind the first bit, which marks the format (GNU and star)."""
    bits = 8 * len(field) - 1
    value = int.from_bytes(field, "big") & ((1 << bits) - 1)
    value -= (value >> (bits - 1)) << bits
    if not -_LARGEST <= value < _LARGEST:
        raise TarHeaderError("a header holds a number that is too large")
    return value


def pax_records(data: bytes) -> dict[bytes, bytes]:
    """What a pax header says, the last of equal keys counting; raises TarHeaderError."""
    found, position = {}, 0
    while position < len(data) and data[position]:
        match = _RECORD.match(data, position)
        end = position + int(match[1]) if match else 0
        if match is None or not match.end() < end <= len(data) or data[end - 1] != ord("\n"):
            raise TarHeaderError("an extended header is damaged")
        found[match[2]] = data[match.end() : end - 1]
        position = end
    return found


def pax_number(records: dict[bytes, bytes], key: bytes) -> Optional[int]:
    """A record's number, rounded towards zero; None without it or for an empty one."""
    text = records.get(key)
    if not text:
        return None
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise TarHeaderError(f"the extended header's {key.decode()} is no number")
    return int(match[1])
