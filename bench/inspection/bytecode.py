"""The head of compiled Python files, as PEP 552 lays it out."""

from __future__ import annotations

import struct
from typing import Optional

from bench.inspection.notes import Bytecode

HEAD_BYTES = 16
_HEAD = struct.Struct("<4sIII")
_HASH_BASED = 0b01
_FLAGS = 0b11  # the second: look at the source's hash
_MARK = b"\r\n"  # every magic number ends in it


def bytecode(data: bytes) -> Optional[Bytecode]:
    """What the first 16 bytes say; None when they aren't those of a `.pyc` file since Python 3.7.

    The interpreter refuses unknown flags too.
    """
    if len(data) < HEAD_BYTES or data[2:4] != _MARK:
        return None
    magic, flags, mtime_s, size_bytes = _HEAD.unpack(data[:HEAD_BYTES])
    if flags & ~_FLAGS:
        return None
    hash_based = bool(flags & _HASH_BASED)
    return Bytecode(
        magic=magic.hex(),
        hash_based=hash_based,
        source_mtime_s=0 if hash_based else mtime_s,
        source_size_bytes=0 if hash_based else size_bytes,
    )
