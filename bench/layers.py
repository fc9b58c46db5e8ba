"""What an image's layers hold, read in one pass over its `docker save` archive.

Older engines write `<id>/layer.tar`, newer ones `blobs/sha256/<digest>`, plain or gzip. Neither
the manifest nor the member names are trusted: a layer is known by the digest of its content.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import tarfile
from collections.abc import Container, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NamedTuple, Optional

from bench.archive_stream import BLOCK_BYTES, GZIP_MAGIC, ForwardFile, broken, inflated, members
from bench.condition_types import Frozen
from bench.gzip_size import GzipSize
from bench.tool_catalogue import tool_named

MAX_WORKERS = 16  # each compresses a chunk of 8 MiB
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
WHITEOUT = ".wh."
WHITEOUT_META = ".wh..wh."  # the union file system's own marks; only the opaque one means anything
OPAQUE = ".wh..wh..opq"
BIN_FOLDERS = frozenset({"bin", "sbin"})

EntryKind = Literal["executable", "file", "link", "folder", "removed", "opaque"]


class Entry(NamedTuple):
    """A path of a layer, without leading slash; `target` is a symbolic link's text.

    `removed` takes the path of a lower layer away, `opaque` the folder's content in lower layers.
    """

    path: str
    kind: EntryKind
    target: str = ""


class LayerContents(Frozen):
    """One layer as its archive tells it.

    Attributes:
        diff_id: `sha256:...` of the uncompressed archive.
        size_bytes: the uncompressed archive, padding and all.
        compressed_bytes: the archive in gzip, level 6.
        member: the name the engine saved it under, which it derives from the content.
        entries: whiteouts, symbolic links, and what lies in bin folders or is named like a tool.
    """

    diff_id: str
    size_bytes: int
    compressed_bytes: int
    member: str
    entries: tuple[Entry, ...]


def scan_layers(
    chunks: Iterable[bytes], image: str, *, skip: Container[str] = ()
) -> Iterator[LayerContents]:
    """Each layer of a saved image, as soon as it has been read.

    Args:
        chunks: the `docker save` archive.
        image: what to call it in an error.
        skip: member names whose layers are known; they are passed over.

    Raises:
        EngineError: the archive is cut off, damaged or makes impossible claims.
    """
    outer = ForwardFile(chunks, f"the saved image {image}")
    workers = min(os.cpu_count() or 1, MAX_WORKERS)
    with ThreadPoolExecutor(workers) as pool:
        for member in members(outer, must_end=True):
            if not member.isreg() or member.size == 0 or member.name in skip:
                continue  # a link names a layer that is in the archive too
            head = outer.read(min(BLOCK_BYTES, member.size))
            if _is_layer(head, outer.where):
                rest = outer.stream(member.size - len(head))
                plain = inflated(head, rest, outer.where)
                yield _read_layer(plain, member.name, GzipSize(pool, workers))


def _is_layer(head: bytes, where: str) -> bool:
    if head.startswith(ZSTD_MAGIC):
        raise broken("its layers are compressed with zstd, which isn't read", where)
    is_tar = head[257:262] == b"ustar" or not any(head)
    return is_tar or head.startswith(GZIP_MAGIC)


def _read_layer(
    plain: Iterator[bytes | memoryview], member: str, compressed: GzipSize
) -> LayerContents:
    digest = hashlib.sha256()

    def teed() -> Iterator[bytes | memoryview]:
        for piece in plain:
            digest.update(piece)
            compressed.feed(piece)
            yield piece

    inner = ForwardFile(teed(), f"layer {member}")
    found = (_entry(entry, inner.where) for entry in members(inner, must_end=False))
    entries = tuple(entry for entry in found if entry is not None)
    inner.drain()  # the digest covers the padding after the last entry too
    return LayerContents(
        diff_id=f"sha256:{digest.hexdigest()}",
        size_bytes=inner.tell(),
        compressed_bytes=compressed.finish(),
        member=member,
        entries=entries,
    )


def _entry(member: tarfile.TarInfo, where: str) -> Optional[Entry]:
    if ".." in member.name.split("/"):
        raise broken(f"the path {member.name!r} leaves the image", where)
    folder, name = posixpath.split(posixpath.normpath(member.name.strip("/")))
    if name == OPAQUE:
        return Entry(folder, "opaque")
    if name.startswith(WHITEOUT_META):
        return None
    if name.startswith(WHITEOUT):
        return Entry(posixpath.join(folder, name[len(WHITEOUT) :]), "removed")
    path = posixpath.join(folder, name)
    if member.issym():
        return Entry(path, "link", member.linkname)
    return Entry(path, _kind(member)) if _matters(folder, name) else None


def _matters(folder: str, name: str) -> bool:
    in_bin = posixpath.basename(folder) in BIN_FOLDERS or name in BIN_FOLDERS
    return in_bin or tool_named(name) is not None


def _kind(member: tarfile.TarInfo) -> EntryKind:
    if member.isdir():
        return "folder"
    # A hard link's header carries the mode of the file it names.
    runs = (member.isreg() or member.islnk()) and member.mode & 0o111
    return "executable" if runs else "file"
