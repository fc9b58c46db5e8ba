"""Streams as they are, or decompressed where they begin like gzip or zstd, in bounded memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import zstandard

from bench.inspection.archive_stream import ForwardFile, Piece, broken

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ZSTD_SKIPPABLE_MAGIC = b"\x2a\x4d\x18"  # behind a byte 0x50 to 0x5f
MAGIC_BYTES = 4
STEP_BYTES = 1 << 20  # of one step of decompression, whatever the input claims
MAX_ZSTD_WINDOW_BYTES = 128 << 20  # as the zstd program allows without being asked

MAX_GROWTH = 1100  # gzip can't do more than 1032
FREE_BYTES = 1 << 30


class Growth:
    """Keeps the work linear in what is read, however often it is compressed within itself."""

    def __init__(self) -> None:
        self._room_bytes = FREE_BYTES

    def read(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """The same pieces, which make room for what they inflate to."""
        for piece in pieces:
            self._room_bytes += MAX_GROWTH * len(piece)
            yield piece

    def inflated(self, pieces: Iterable[Piece], where: str) -> Iterator[Piece]:
        """The same pieces; raises EngineError when they are far more than was read."""
        for piece in pieces:
            self._room_bytes -= len(piece)
            if self._room_bytes < 0:
                raise broken(f"it inflates to more than {MAX_GROWTH:,} times its size", where)
            yield piece


def is_compressed(head: bytes) -> bool:
    """Whether a file that begins so is compressed, with gzip or zstd."""
    return head.startswith((GZIP_MAGIC, ZSTD_MAGIC)) or head[1:4] == ZSTD_SKIPPABLE_MAGIC


def plain(pieces: Iterable[Piece], where: str, growth: Growth) -> Iterator[Piece]:
    """The bytes as they are, or decompressed; raises EngineError for damage."""
    pieces = iter(pieces)
    head = _head(pieces)
    whole = chain([head], pieces)
    if not is_compressed(head):
        return whole
    inflate = _gunzip if head.startswith(GZIP_MAGIC) else _unzstd
    return growth.inflated(_told(inflate(whole), where), where)


def _head(pieces: Iterator[Piece]) -> bytes:
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= MAGIC_BYTES:
            break
    return head


def _told(pieces: Iterator[bytes], where: str) -> Iterator[bytes]:
    try:
        yield from pieces
    except (zlib.error, EOFError, zstandard.ZstdError) as error:
        raise broken(f"it can't be decompressed ({error})", where) from error


def _gunzip(pieces: Iterator[Piece]) -> Iterator[bytes]:
    """All members of a gzip file, and zeros behind them (RFC 1952)."""
    decompressor = zlib.decompressobj(wbits=31)
    for piece in pieces:
        pending = piece
        while pending:
            if decompressor.eof:
                pending = bytes(pending).lstrip(b"\0")
                if not pending:
                    break
                decompressor = zlib.decompressobj(wbits=31)
            yield decompressor.decompress(pending, STEP_BYTES)
            pending = decompressor.unconsumed_tail or decompressor.unused_data
    if not decompressor.eof:
        raise EOFError("it ends early")


def _unzstd(pieces: Iterator[Piece]) -> Iterator[bytes]:
    """All frames of a zstd file (RFC 8878); one that ends early just ends."""
    decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_ZSTD_WINDOW_BYTES)
    source: Any = ForwardFile(pieces, "")
    with decompressor.stream_reader(source, STEP_BYTES, read_across_frames=True) as reader:
        while piece := reader.read(STEP_BYTES):
            yield piece
