"""An OCI image layout that lies unpacked in a folder, as the archive that it would be."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

CHUNK_BYTES = 1 << 20
_END = bytes(2 * tarfile.BLOCKSIZE)


def packed(folder: Path) -> Iterator[bytes]:
    """The archive in chunks, files alone; raises OSError.

    Links to files count as the files, since build tools make layouts of them. A file that shrinks
    meanwhile leaves an archive that ends early.
    """
    files = [Path(place, name) for place, _, names in os.walk(folder) for name in names]
    for path in sorted(path for path in files if path.is_file()):
        header = tarfile.TarInfo(path.relative_to(folder).as_posix())
        with path.open("rb") as file:
            header.size = os.fstat(file.fileno()).st_size
            yield header.tobuf(tarfile.PAX_FORMAT)
            yield from _pieces(file, header.size)
        yield bytes(-header.size % tarfile.BLOCKSIZE)
    yield _END


def _pieces(file: BinaryIO, size_bytes: int) -> Iterator[bytes]:
    while size_bytes and (piece := file.read(min(CHUNK_BYTES, size_bytes))):
        size_bytes -= len(piece)
        yield piece
