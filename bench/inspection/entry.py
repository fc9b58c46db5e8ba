"""What a layer's archive says of one path."""

from __future__ import annotations

import posixpath
from typing import Literal, NamedTuple, Optional

from bench.inspection import tar_header
from bench.inspection.archive_stream import broken
from bench.inspection.tar_members import Member
from builders.problems import shortened

WHITEOUT = ".wh."
WHITEOUT_META = ".wh..wh."  # the union file system's own marks; only the opaque one means anything
OPAQUE = ".wh..wh..opq"
MAX_PATH_BYTES = 4096  # what Linux takes (PATH_MAX), so that no engine can unpack more

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


_KINDS: dict[bytes, EntryKind] = {
    tar_header.REGULAR: "file",
    tar_header.FOLDER: "folder",
    tar_header.SYMBOLIC_LINK: "symlink",
    tar_header.HARD_LINK: "hardlink",
    tar_header.CHARACTER_DEVICE: "device",
    tar_header.BLOCK_DEVICE: "device",
    tar_header.FIFO: "fifo",
}


def entry_of(member: Member, where: str) -> Optional[Entry]:
    """The entry behind a tar header, None for one that means nothing.

    Raises:
        EngineError: the path leads out of the image, or can't be one.
    """
    path = _inside(member.name, where)
    name = path.rpartition("/")[2]
    if name.startswith(WHITEOUT):
        return _mark(path, name, where)
    kind = _KINDS.get(member.kind)
    if kind is None:
        return None
    return Entry(
        path=path,
        kind=kind,
        mode=member.mode & 0o7777,
        uid=member.uid,
        gid=member.gid,
        size_bytes=member.size_bytes if kind == "file" else 0,
        target=_target(member, kind, where),
        mtime_s=member.mtime_s,
        capability=member.capability,
    )


def _mark(path: str, name: str, where: str) -> Optional[Entry]:
    """What a whiteout says (OCI image specification, "Whiteouts")."""
    folder = posixpath.dirname(path)
    if name == OPAQUE:
        return Entry(folder, "opaque")
    if name.startswith(WHITEOUT_META):
        return None
    hidden = name[len(WHITEOUT) :]
    if hidden in {"", ".", ".."}:
        raise broken(f"the whiteout {shortened(path)} names no file", where)
    return Entry(posixpath.join(folder, hidden), "removed")


def _inside(name: str, where: str) -> str:
    """The path from the root; absolute ones count from there, too, as engines unpack them."""
    if len(name) > MAX_PATH_BYTES:
        raise broken(f"a path is longer than {MAX_PATH_BYTES} bytes ({shortened(name)})", where)
    if "\0" in name or ".." in name.split("/"):
        raise broken(f"the path {shortened(name)!r} leaves the image", where)
    path = posixpath.normpath(name.strip("/"))
    return "" if path == "." else path


def _target(member: Member, kind: EntryKind, where: str) -> str:
    if kind == "hardlink":
        return _inside(member.target, where)
    if len(member.target) > MAX_PATH_BYTES:
        raise broken(f"a link's target is longer than {MAX_PATH_BYTES} bytes", where)
    return member.target if kind == "symlink" else ""
