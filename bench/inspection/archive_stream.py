"""Tar archives read once, forwards, from chunks of bytes: nothing on disk, bounded memory.

Python's `tarfile` parses the headers; `ForwardFile` feeds it, so that a header's claimed size,
a broken header or a cut-off archive ends in one sentence instead of a full memory.
"""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from builders.errors import EngineError

BLOCK_BYTES = 512
MAX_HEADER_BYTES = 1 << 20  # of one extended header; Go's archive/tar refuses larger ones too
MAX_INFLATED_BYTES = 4 << 20  # of one step of decompression, whatever the input claims
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


def broken(what: str, where: str) -> EngineError:
    """The one sentence for an archive that can't be what the engine meant to write."""
    return EngineError(
        what, where=where, next_step="run again, and rebuild the image if it says so twice"
    )


class ForwardFile:
    """Chunks of bytes as the read-only file that `tarfile` wants; it only goes forwards."""

    def __init__(self, chunks: Iterable[bytes | memoryview], where: str) -> None:
        self.where = where
        self.last_read = b""
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")
        self._position = 0

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, fewer at the end; raises EngineError for more than a header has."""
        if not 0 <= size <= MAX_HEADER_BYTES:
            raise broken(f"an archive header claims {size} bytes", self.where)
        pieces = []
        while size and (piece := self._piece(size)):
            pieces.append(piece)
            size -= len(piece)
        self.last_read = b"".join(pieces)
        return self.last_read

    def tell(self) -> int:
        """Bytes handed out or passed over so far."""
        return self._position

    def seek(self, position: int, /) -> int:
        """Pass over everything up to `position`; raises EngineError for a step back."""
        if position < self._position:
            raise broken("an archive member has an impossible size", self.where)
        for _ in self.stream(position - self._position):
            pass
        return position

    def stream(self, size: int, entry: str = "") -> Iterator[memoryview]:
        """The next `size` bytes in pieces; raises EngineError when the archive ends before."""
        while size > 0:
            piece = self._piece(size)
            if not piece:
                inside = f", within {entry}" if entry else ""
                raise broken(f"the archive ends early{inside}", self.where)
            size -= len(piece)
            yield piece

    def drain(self) -> None:
        """Read to the end."""
        while self._piece(MAX_HEADER_BYTES):
            pass

    def write(self, _: bytes, /) -> object:
        """Never done: `tarfile` asks for the method by its type alone."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing to let go of: the chunks belong to the caller."""

    def _piece(self, limit: int) -> memoryview:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return memoryview(b"")
            self._rest = memoryview(chunk)
        piece, self._rest = self._rest[:limit], self._rest[limit:]
        self._position += len(piece)
        return piece


def members(file: ForwardFile, *, must_end: bool) -> Iterator[tarfile.TarInfo]:
    """The archive's members in order; raises EngineError for a broken archive.

    Args:
        file: the archive, at its start; the consumer may read a member's content from it.
        must_end: ask for the block of zeros that ends an archive. Some writers leave it out,
            so that only an archive which nothing else vouches for should be held to it.
    """
    try:
        yield from _parsed(file)
    except (tarfile.TarError, ValueError, OverflowError, RecursionError) as error:
        raise broken(f"the archive can't be read ({error})", file.where) from error
    if any(file.last_read) or (must_end and len(file.last_read) < BLOCK_BYTES):
        raise broken("the archive is cut off or has a damaged header", file.where)


def _parsed(file: ForwardFile) -> Iterator[tarfile.TarInfo]:
    # Names that aren't UTF-8 stay readable and can be written as JSON.
    archive = tarfile.TarFile(fileobj=file, encoding="utf-8", errors="backslashreplace")
    if archive.offset == 0:  # nothing in it; Python 3.9 would step back before its start
        return
    while (member := archive.next()) is not None:
        archive.members = []  # type: ignore[attr-defined]  # it keeps every member otherwise
        yield member


def is_compressed(head: bytes) -> bool:
    """Whether a file that begins so is compressed, with gzip or zstd."""
    return head.startswith((GZIP_MAGIC, ZSTD_MAGIC))


def inflated(head: bytes, rest: Iterator[memoryview], where: str) -> Iterator[bytes | memoryview]:
    """The bytes as they are, or decompressed where `head` begins like gzip (all its members)."""
    if head.startswith(ZSTD_MAGIC):
        raise broken("its layers are compressed with zstd, which isn't read", where)
    if not head.startswith(GZIP_MAGIC):
        yield head
        yield from rest
        return
    try:
        yield from _gunzip(head, rest)
    except (zlib.error, EOFError) as error:
        raise broken(f"a compressed layer can't be read ({error})", where) from error


def _gunzip(head: bytes, rest: Iterator[memoryview]) -> Iterator[bytes]:
    decompressor = zlib.decompressobj(wbits=31)
    pieces: Iterator[bytes | memoryview] = chain([head], rest)
    for piece in pieces:
        pending = piece
        while pending:
            if decompressor.eof:  # a gzip file may consist of several
                decompressor = zlib.decompressobj(wbits=31)
            yield decompressor.decompress(pending, MAX_INFLATED_BYTES)
            pending = decompressor.unconsumed_tail or decompressor.unused_data
    if not decompressor.eof:
        raise EOFError("it ends early")
