"""Bytes of an archive read once, forwards, from chunks: nothing on disk, bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Union

from builders.errors import EngineError
from builders.problems import shortened

MAX_HEADER_BYTES = 1 << 20  # of one extended header; Go's archive/tar refuses larger ones too
MAX_SHOWN = 200  # characters of a place in an error, which may come from the archive

Piece = Union[bytes, memoryview]


def broken(what: str, where: str) -> EngineError:
    """The one sentence for an archive that can't be what its writer meant to write."""
    return EngineError(
        what,
        where=shortened(where, MAX_SHOWN),
        next_step="save the image again, and rebuild it if that doesn't help",
    )


class ForwardFile:
    """Chunks of bytes as a file that only goes forwards."""

    def __init__(self, chunks: Iterable[Piece], where: str) -> None:
        self.where = where
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")
        self._position = 0

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, fewer at the end; raises EngineError for more than a header has."""
        if size > MAX_HEADER_BYTES:
            raise broken(f"an archive header claims {size} bytes", self.where)
        pieces = []
        while size and (piece := self._piece(size)):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def tell(self) -> int:
        """Bytes handed out or passed over so far."""
        return self._position

    def seek(self, position: int, /) -> None:
        """Pass over everything up to `position`; raises EngineError when it ends before."""
        for _ in self.stream(position - self._position):
            pass

    def stream(self, size: int, entry: str = "") -> Iterator[memoryview]:
        """The next `size` bytes in pieces; raises EngineError when the archive ends before."""
        while size > 0:
            piece = self._piece(size)
            if not piece:
                inside = f", within {shortened(entry)}" if entry else ""
                raise broken(f"the archive ends early{inside}", self.where)
            size -= len(piece)
            yield piece

    def drain(self) -> None:
        """Read to the end."""
        while self._piece(MAX_HEADER_BYTES):
            pass

    def _piece(self, limit: int) -> memoryview:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return memoryview(b"")
            self._rest = memoryview(chunk)
        piece, self._rest = self._rest[:limit], self._rest[limit:]
        self._position += len(piece)
        return piece
