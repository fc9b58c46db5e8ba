"""How large gzip makes a stream, computed on all cores without keeping either."""

from __future__ import annotations

import zlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

# Closest to Go's level 6, which engines push with and which finds no matches of three bytes:
# docs/measurement.md has the differences that were measured.
GZIP_LEVEL = 5
MEMORY_LEVEL = 9
CHUNK_BYTES = 8 << 20


class GzipSize:
    """Counts what gzip makes of a stream; zlib works without the interpreter's lock.

    The stream is compressed in independent chunks of 8 MiB; docs/measurement.md says how little
    that differs from what an engine pushes. At most `workers + 1` chunks are kept at a time.
    """

    def __init__(self, pool: ThreadPoolExecutor, workers: int) -> None:
        self._pool = pool
        self._in_flight = workers
        self._pieces: list[bytes | memoryview] = []
        self._waiting_bytes = 0
        self._running: deque[Future[int]] = deque()
        self._size_bytes = 0

    def feed(self, piece: bytes | memoryview) -> None:
        """Take in more of the stream; waits when enough chunks are under way."""
        self._pieces.append(piece)
        self._waiting_bytes += len(piece)
        if self._waiting_bytes >= CHUNK_BYTES:
            self._submit()

    def finish(self) -> int:
        """The compressed size in bytes."""
        if self._pieces:
            self._submit()
        return self._size_bytes + sum(future.result() for future in self._running)

    def _submit(self) -> None:
        if len(self._running) >= self._in_flight:
            self._size_bytes += self._running.popleft().result()
        self._running.append(self._pool.submit(_gzip_size, b"".join(self._pieces)))
        self._pieces, self._waiting_bytes = [], 0


def _gzip_size(data: bytes) -> int:
    compressor = zlib.compressobj(GZIP_LEVEL, wbits=31, memLevel=MEMORY_LEVEL)
    return len(compressor.compress(data)) + len(compressor.flush())
