"""One layer of an image, read from its archive in one pass."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from bench.condition_types import Frozen
from bench.inspection.archive_stream import ForwardFile, Piece, broken
from bench.inspection.content import NoteTaker
from bench.inspection.entry import Entry, entry_of
from bench.inspection.notes import FileNotes
from bench.inspection.tar_members import members

ROOM_BYTES = 1 << 30  # about three million paths; a small archive can inflate to any number
ENTRY_BYTES = 256  # about what an entry takes beside its names


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


class Room:
    """What may be kept of an archive's layers, all together."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._left_bytes = ROOM_BYTES

    def take(self, size_bytes: int) -> None:
        """Keep this much; raises EngineError when it is too much."""
        self._left_bytes -= size_bytes
        if self._left_bytes < 0:
            what = f"its paths and package lists take more than {ROOM_BYTES >> 20} MiB"
            raise broken(what, self._where)


def read_layer(pieces: Iterable[Piece], member: str, where: str, room: Room) -> LayerContents:
    """Read a layer's plain archive; raises EngineError for a broken one."""
    digest = hashlib.sha256()

    def digested() -> Iterator[Piece]:
        for piece in pieces:
            digest.update(piece)
            yield piece

    inner = ForwardFile(digested(), where)
    taker = NoteTaker(room.take)
    entries = tuple(_entries(inner, taker, room))
    inner.drain()  # the digest covers the padding after the last entry too
    return LayerContents(
        diff_id=f"sha256:{digest.hexdigest()}",
        size_bytes=inner.tell(),
        member=member,
        entries=entries,
        notes=taker.taken(),
    )


def _entries(inner: ForwardFile, taker: NoteTaker, room: Room) -> Iterator[Entry]:
    for member in members(inner, must_end=False):
        entry = entry_of(member, inner.where)
        if entry is None:
            continue
        room.take(ENTRY_BYTES + len(entry.path) + len(entry.target))
        if entry.size_bytes and not member.sparse:
            pieces = inner.stream(entry.size_bytes, entry.path)
            entry = entry._replace(digest=taker.read(entry.path, entry.size_bytes, pieces))
        yield entry
