"""What a layer's archive says of one path."""

from __future__ import annotations

import posixpath
import tarfile
from typing import Literal, NamedTuple, Optional

from bench.inspection.archive_stream import broken

WHITEOUT = ".wh."
WHITEOUT_META = ".wh..wh."  # the union file system's own marks; only the opaque one means anything
OPAQUE = ".wh..wh..opq"
CAPABILITY = "SCHILY.xattr.security.capability"

EntryKind = Literal["file", "folder", "symlink", "hardlink", "device", "fifo", "removed", "opaque"]
MARKS = frozenset({"removed", "opaque"})


class Entry(NamedTuple):
    """A path of a layer, without leading slash; the root itself is the empty path.

    Attributes:
        kind: `removed` takes the path of a lower layer away, `opaque` the folder's content there.
        mode: permission bits, setuid, setgid and sticky included.
        size_bytes: of a file's content as it is read, holes included; 0 for all other kinds.
        target: a symbolic link's text, or the path that a hard link shares its content with.
        digest: sha256 of a file's content, in hex; empty for all else, for files without any
            content and for sparse ones.
        capability: the file carries Linux capabilities.
    """

    path: str
    kind: EntryKind
    mode: int = 0
    uid: int = 0
    gid: int = 0
    size_bytes: int = 0
    target: str = ""
    digest: str = ""
    mtime_s: int = 0
    capability: bool = False

    @property
    def executable(self) -> bool:
        """A file with any execute bit."""
        return self.kind in {"file", "hardlink"} and bool(self.mode & 0o111)


def entry_of(member: tarfile.TarInfo, where: str) -> Optional[Entry]:
    """The entry behind a tar header, None for one that means nothing.

    Raises:
        EngineError: the path leads out of the image.
    """
    path = _inside(member.name, where)
    folder, name = posixpath.split(path)
    if name == OPAQUE:
        return Entry(folder, "opaque")
    if name.startswith(WHITEOUT_META):
        return None
    if name.startswith(WHITEOUT):
        return Entry(posixpath.join(folder, name[len(WHITEOUT) :]), "removed")
    kind = _kind(member)
    if kind is None:
        return None
    return Entry(
        path=path,
        kind=kind,
        mode=member.mode & 0o7777,
        uid=member.uid,
        gid=member.gid,
        size_bytes=member.size if kind == "file" else 0,
        target=_target(member, kind, where),
        mtime_s=int(member.mtime),
        capability=CAPABILITY in member.pax_headers,
    )


def _inside(name: str, where: str) -> str:
    if ".." in name.split("/"):
        raise broken(f"the path {name!r} leaves the image", where)
    path = posixpath.normpath(name.strip("/"))
    return "" if path == "." else path


def _kind(member: tarfile.TarInfo) -> Optional[EntryKind]:
    if member.isreg():  # sparse and contiguous files too
        return "file"
    if member.isdir():
        return "folder"
    if member.issym():
        return "symlink"
    if member.islnk():
        return "hardlink"
    if member.isfifo():
        return "fifo"
    return "device" if member.ischr() or member.isblk() else None


def _target(member: tarfile.TarInfo, kind: EntryKind, where: str) -> str:
    if kind == "symlink":
        return member.linkname
    return _inside(member.linkname, where) if kind == "hardlink" else ""
