"""What an archive of a saved image holds, read in one pass: its layers, and the JSON with them.

Older engines write `<id>/layer.tar`, newer ones `blobs/sha256/<digest>`, often compressed. Neither
the manifest nor the member names are trusted: a layer is known by the digest of its content.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Optional, Union

from bench.condition_types import Frozen
from bench.inspection.archive_stream import (
    BLOCK_BYTES,
    ForwardFile,
    broken,
    inflated,
    is_compressed,
    members,
)
from bench.inspection.content import NoteTaker
from bench.inspection.entry import Entry, entry_of
from bench.inspection.gzip_size import GzipSize
from bench.inspection.notes import FileNotes

MAX_WORKERS = 16  # each compresses a chunk of 8 MiB
MAX_DOCUMENT_BYTES = 8 << 20  # of one JSON file; containerd refuses manifests of more
MAX_DOCUMENTS_BYTES = 64 << 20  # of all together


class LayerContents(Frozen):
    """One layer as its archive tells it.

    Attributes:
        diff_id: `sha256:...` of the uncompressed archive.
        size_bytes: the uncompressed archive, padding and all.
        member: the name it was saved under, which engines derive from the content.
        entries: every path in it, in the archive's order.
    """

    diff_id: str
    size_bytes: int
    member: str
    entries: tuple[Entry, ...]
    notes: FileNotes


@dataclass(frozen=True)
class ScannedLayer:
    """A layer that was just read; `compressed_bytes` is None when nobody asked for it.

    A layer that is stored compressed has that size; another one the size gzip makes of it.
    """

    contents: LayerContents
    compressed_bytes: Optional[int]


@dataclass(frozen=True)
class Document:
    """A file beside the layers: manifest, configuration or index."""

    name: str
    data: bytes


Scanned = Union[ScannedLayer, Document]


def scan_archive(
    chunks: Iterable[bytes], where: str, *, skip: Container[str] = (), compress: bool = False
) -> Iterator[Scanned]:
    """Each layer and document of a saved image, as soon as it has been read.

    Args:
        chunks: the `docker save` archive, or an OCI image layout in a tar archive.
        where: what to call it in an error.
        skip: member names whose layers are known; they are passed over.
        compress: measure the compressed size of layers that are stored plain.

    Raises:
        EngineError: the archive is cut off, damaged or makes impossible claims.
    """
    outer = ForwardFile(chunks, where)
    room_bytes = MAX_DOCUMENTS_BYTES
    workers = min(os.cpu_count() or 1, MAX_WORKERS)
    with ThreadPoolExecutor(workers) as pool:
        for member in members(outer, must_end=True):
            if not member.isreg() or member.size == 0 or member.name in skip:
                continue  # a link names a layer that is in the archive too
            head = outer.read(min(BLOCK_BYTES, member.size))
            rest = outer.stream(member.size - len(head))
            if _is_layer(head):
                size = GzipSize(pool, workers) if compress and not is_compressed(head) else None
                contents = _read_layer(inflated(head, rest, where), member.name, size)
                stored_bytes = member.size if is_compressed(head) else None
                yield ScannedLayer(contents, size.finish() if size else stored_bytes)
            elif member.size <= min(MAX_DOCUMENT_BYTES, room_bytes):
                room_bytes -= member.size
                yield Document(member.name, head + b"".join(rest))


def _is_layer(head: bytes) -> bool:
    return head[257:262] == b"ustar" or not any(head) or is_compressed(head)


def _read_layer(
    plain: Iterator[bytes | memoryview], member: str, size: Optional[GzipSize]
) -> LayerContents:
    digest = hashlib.sha256()

    def teed() -> Iterator[bytes | memoryview]:
        for piece in plain:
            digest.update(piece)
            if size is not None:
                size.feed(piece)
            yield piece

    inner = ForwardFile(teed(), f"layer {member}")
    taker = NoteTaker()
    entries = tuple(_entries(inner, taker))
    inner.drain()  # the digest covers the padding after the last entry too
    return LayerContents(
        diff_id=f"sha256:{digest.hexdigest()}",
        size_bytes=inner.tell(),
        member=member,
        entries=entries,
        notes=taker.taken(),
    )


def _entries(inner: ForwardFile, taker: NoteTaker) -> Iterator[Entry]:
    for member in members(inner, must_end=False):
        entry = entry_of(member, inner.where)
        if entry is None:
            continue
        if entry.size_bytes < 0:
            raise broken(f"the file {entry.path!r} has an impossible size", inner.where)
        if entry.size_bytes and not member.issparse():
            pieces = inner.stream(entry.size_bytes, entry.path)
            entry = entry._replace(digest=taker.read(entry.path, entry.size_bytes, pieces))
        yield entry
