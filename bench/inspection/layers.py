"""What an archive of a saved image holds, read in one pass: its layers, and the JSON with them.

Older engines write `<id>/layer.tar`, newer ones `blobs/sha256/<digest>`, often compressed. Neither
the manifest nor the member names are trusted: a layer is known by the digest of its content.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Optional, Union

from bench.inspection.archive_stream import ForwardFile, Piece, broken
from bench.inspection.decompression import Growth, is_compressed, plain
from bench.inspection.gzip_size import GzipSize
from bench.inspection.layer_contents import ENTRY_BYTES, LayerContents, Room, read_layer
from bench.inspection.tar_header import BLOCK_BYTES, REGULAR, is_header
from bench.inspection.tar_members import members
from builders.errors import EngineError

MAX_WORKERS = 16  # each compresses a chunk of 8 MiB
MAX_DOCUMENT_BYTES = 8 << 20  # of one JSON file; containerd refuses manifests of more
MAX_DOCUMENTS_BYTES = 64 << 20  # of all together


@dataclass(frozen=True)
class ScannedLayer:
    """A layer that was just read; `compressed_bytes` is None when nobody asked for it.

    A layer that is stored compressed has that size; another one the size gzip makes of it.
    """

    contents: LayerContents
    compressed_bytes: Optional[int]


@dataclass(frozen=True)
class BrokenLayer:
    """A member that begins like a layer and can't be read as one; it may not be needed."""

    member: str
    error: EngineError


@dataclass(frozen=True)
class Document:
    """A file beside the layers: manifest, configuration or index."""

    name: str
    data: bytes


Scanned = Union[ScannedLayer, BrokenLayer, Document]


def scan_archive(
    chunks: Iterable[bytes], where: str, *, skip: Container[str] = (), compress: bool = False
) -> Iterator[Scanned]:
    """Each layer and document of a saved image, as soon as it has been read.

    Args:
        chunks: the `docker save` archive, or an OCI image layout in a tar archive; it may be
            compressed as a whole.
        where: what to call it in an error.
        skip: member names whose layers are known; they are passed over.
        compress: measure the compressed size of layers that are stored plain.

    Raises:
        EngineError: the archive is cut off, damaged or makes impossible claims.
    """
    growth = Growth()
    outer = ForwardFile(plain(growth.read(chunks), where, growth), where)
    workers = min(os.cpu_count() or 1, MAX_WORKERS)
    with ThreadPoolExecutor(workers) as pool:
        measure = partial(GzipSize, pool, workers) if compress else None
        reader = _Reader(outer, growth, Room(where), measure)
        for member in members(outer, must_end=True):
            name = member.name[2:] if member.name.startswith("./") else member.name
            if member.kind == REGULAR and not member.sparse and name not in skip:
                yield reader.read(name, member.stored_bytes)  # links name what is there, too


class _Reader:
    """Reads one member of the outer archive after the other."""

    def __init__(
        self,
        outer: ForwardFile,
        growth: Growth,
        room: Room,
        measure: Optional[Callable[[], GzipSize]],
    ) -> None:
        self._outer, self._growth, self._room, self._measure = outer, growth, room, measure
        self._documents_bytes = MAX_DOCUMENTS_BYTES

    def read(self, name: str, size_bytes: int) -> Scanned:
        """The member that the archive stands at."""
        self._room.take(ENTRY_BYTES + len(name))
        head = self._outer.read(min(BLOCK_BYTES, size_bytes))
        rest = self._outer.stream(size_bytes - len(head))
        if _is_layer(head):
            return self._layer(name, size_bytes, head, rest)
        if size_bytes <= min(MAX_DOCUMENT_BYTES, self._documents_bytes):
            self._documents_bytes -= size_bytes
            return Document(name, head + b"".join(rest))
        for _ in rest:
            pass  # an archive that is cut off ends in that error, not in this one
        return BrokenLayer(name, broken("it isn't a tar archive", self._place(name)))

    def _layer(self, name: str, size_bytes: int, head: bytes, rest: Iterator[Piece]) -> Scanned:
        compressed, where = is_compressed(head), self._place(name)
        size = None if self._measure is None or compressed else self._measure()
        inflated = plain(chain([head], rest), where, self._growth)
        try:
            contents = read_layer(_fed(inflated, size), name, where, self._room)
        except EngineError as error:
            return BrokenLayer(name, error)
        stored_bytes = size_bytes if compressed else None
        return ScannedLayer(contents, stored_bytes if size is None else size.finish())

    def _place(self, name: str) -> str:
        return f"{self._outer.where}, layer {name}"


def _fed(pieces: Iterable[Piece], size: Optional[GzipSize]) -> Iterator[Piece]:
    for piece in pieces:
        if size is not None:
            size.feed(piece)
        yield piece


def _is_layer(head: bytes) -> bool:
    ends = len(head) == BLOCK_BYTES and not any(head)
    return ends or head[257:262] == b"ustar" or is_compressed(head) or is_header(head)
