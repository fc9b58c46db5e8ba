"""The members of a tar archive, one after the other, whatever their headers claim."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Optional

from bench.inspection.archive_stream import ForwardFile, broken
from bench.inspection.tar_header import (
    BLOCK_BYTES,
    BLOCK_DEVICE,
    CHARACTER_DEVICE,
    CONTIGUOUS,
    FIFO,
    FOLDER,
    GNU_LONG_LINK,
    GNU_LONG_NAME,
    GNU_SPARSE,
    HARD_LINK,
    OLD_REGULAR,
    PAX,
    PAX_GLOBAL,
    REGULAR,
    SYMBOLIC_LINK,
    Header,
    TarHeaderError,
    header_of,
    pax_number,
    pax_records,
)

CAPABILITY = b"SCHILY.xattr.security.capability"
_EXTENDED = frozenset({PAX, PAX_GLOBAL, GNU_LONG_NAME, GNU_LONG_LINK})
_WITHOUT_CONTENT = frozenset(
    {HARD_LINK, SYMBOLIC_LINK, CHARACTER_DEVICE, BLOCK_DEVICE, FOLDER, FIFO}
)
_FILES = frozenset({REGULAR, CONTIGUOUS, GNU_SPARSE})
_GNU_SIZES = (b"GNU.sparse.realsize", b"GNU.sparse.size")  # version 1.0; 0.0 and 0.1


class Member(NamedTuple):
    r"""A member with all that its headers say.

    Attributes:
        kind: a type flag of `tar_header`; all kinds of files are REGULAR.
        name: as the archive has it; bytes that aren't UTF-8 are escaped (`\xff`).
        stored_bytes: what follows in the archive, without padding.
        size_bytes: of the content as a file system shows it.
        sparse: holes are left out of what is stored, or a map of them stands before it.
    """

    kind: bytes
    name: str
    target: str
    stored_bytes: int
    size_bytes: int
    sparse: bool
    mode: int
    uid: int
    gid: int
    mtime_s: int
    capability: bool


class _Extended:
    """What extended headers say of the member behind them; later ones count."""

    def __init__(self) -> None:
        self.name = self.target = b""
        self.records: dict[bytes, bytes] = {}

    def take(self, kind: bytes, data: bytes) -> None:
        if kind == PAX:
            self.records = pax_records(data)
        elif kind == GNU_LONG_NAME:
            self.name = data.partition(b"\0")[0]
        elif kind == GNU_LONG_LINK:
            self.target = data.partition(b"\0")[0]


def members(file: ForwardFile, *, must_end: bool) -> Iterator[Member]:
    """The archive's members in order; raises EngineError for a broken archive.

    Args:
        file: the archive, at its start; the consumer may read a member's content from it.
        must_end: ask for the block of zeros that ends an archive. Some writers leave it out,
            so that only an archive which nothing else vouches for should be held to it.
    """
    extended = _Extended()
    while (header := _header(file, must_end)) is not None:
        try:
            if header.kind in _EXTENDED:
                extended.take(header.kind, _content(file, header))
                continue
            member = _member(header, extended)
        except TarHeaderError as error:
            raise broken(f"the archive can't be read ({error})", file.where) from error
        if header.goes_on:
            _pass_over_sparse_map(file)
        start = file.tell()
        yield member
        file.seek(start + _padded(member.stored_bytes))
        extended = _Extended()


def _header(file: ForwardFile, must_end: bool) -> Optional[Header]:
    """The next header, None at the end."""
    first = file.tell() == 0
    block = file.read(BLOCK_BYTES)
    if not any(block):
        if must_end and len(block) < BLOCK_BYTES:
            raise broken("it is empty" if first else "the archive is cut off", file.where)
        return None
    try:
        return header_of(block)
    except TarHeaderError as error:
        what = "the archive is cut off or has a damaged header"
        raise broken("it isn't a tar archive" if first else what, file.where) from error


def _content(file: ForwardFile, header: Header) -> bytes:
    size = header.stored_bytes
    if size < 0:
        raise TarHeaderError("an extended header has an impossible size")
    data = file.read(_padded(size))
    if len(data) < size:
        raise broken("the archive ends early", file.where)
    return data[:size]


def _member(header: Header, extended: _Extended) -> Member:
    records = extended.records
    name = extended.name or records.get(b"path") or header.name
    kind = _kind(header.kind, name)
    stored_bytes = 0 if kind in _WITHOUT_CONTENT else _or(records, b"size", header.stored_bytes)
    real_bytes = _real_bytes(header, records) if kind == REGULAR else None
    size_bytes = stored_bytes if real_bytes is None else real_bytes
    if min(stored_bytes, size_bytes) < 0:
        raise TarHeaderError("a member has an impossible size")
    return Member(
        kind=kind,
        name=_decoded((records.get(b"GNU.sparse.name") if real_bytes is not None else b"") or name),
        target=_decoded(extended.target or records.get(b"linkpath") or header.target),
        stored_bytes=stored_bytes,
        size_bytes=size_bytes,
        sparse=real_bytes is not None,
        mode=header.mode,
        uid=_or(records, b"uid", header.uid),
        gid=_or(records, b"gid", header.gid),
        mtime_s=_or(records, b"mtime", header.mtime_s),
        capability=CAPABILITY in records,
    )


def _kind(kind: bytes, name: bytes) -> bytes:
    if kind == OLD_REGULAR:  # V7 had no folders but these
        return FOLDER if name.endswith(b"/") else REGULAR
    return REGULAR if kind in _FILES else kind


def _real_bytes(header: Header, records: dict[bytes, bytes]) -> Optional[int]:
    """A sparse file's size, None for any other (GNU tar manual, "Storing Sparse Files")."""
    if header.kind == GNU_SPARSE:
        return header.real_bytes
    sizes = (pax_number(records, key) for key in _GNU_SIZES)
    return next((size for size in sizes if size is not None), None)


def _or(records: dict[bytes, bytes], key: bytes, otherwise: int) -> int:
    number = pax_number(records, key) if records else None
    return otherwise if number is None else number


def _pass_over_sparse_map(file: ForwardFile) -> None:
    goes_on = True
    while goes_on:
        block = file.read(BLOCK_BYTES)
        if len(block) < BLOCK_BYTES:
            raise broken("the archive ends early", file.where)
        goes_on = block[504] != 0


def _padded(size: int) -> int:
    return -(-size // BLOCK_BYTES) * BLOCK_BYTES


def _decoded(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")  # can be read, and written as JSON
