"""What `docker export` gives of an image: its final file system, made by the engine."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple, Optional

from bench.inspection.file_system import FileSystem

# What the engine puts into every container, and no image holds.
ADDED = frozenset(
    {
        ".dockerenv",
        "dev/console",
        "dev/pts",
        "dev/shm",
        "etc/hostname",
        "etc/hosts",
        "etc/mtab",
        "etc/resolv.conf",
    }
)
TOUCHED = frozenset({"dev", "etc"})  # so that these folders' times aren't the image's

_KINDS = {
    tarfile.REGTYPE: "file",
    tarfile.DIRTYPE: "folder",
    tarfile.SYMTYPE: "symlink",
    tarfile.CHRTYPE: "device",
    tarfile.BLKTYPE: "device",
    tarfile.FIFOTYPE: "fifo",
}


class Path(NamedTuple):
    """A path as both sides tell it; `links` are all paths that share its content."""

    kind: str
    mode: int
    uid: int
    gid: int
    size_bytes: int
    target: str
    mtime_s: int
    links: tuple[str, ...]


def differences(image: str, files: FileSystem) -> list[tuple[str, Optional[Path], Optional[Path]]]:
    """Paths that the engine's export and the layers tell apart, with both accounts of them."""
    ours, engines = computed(files), exported(image)
    paths = sorted(ours.keys() | engines.keys())
    pairs = ((path, ours.get(path), engines.get(path)) for path in paths)
    return [(path, own, other) for path, own, other in pairs if own != other]


def exported(image: str) -> dict[str, Path]:
    """Every path but the root, of a container that was created and never started."""
    with _container(image) as container:
        command = ["docker", "export", container]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            found = _read(process.stdout)
        assert process.returncode == 0
    return _comparable(found)


def computed(files: FileSystem) -> dict[str, Path]:
    """The same, from the layers."""
    groups: dict[int, list[str]] = {}
    for path, file in files.paths.items():
        groups.setdefault(file.inode, []).append(path)
    found = {
        path: Path(
            kind=file.entry.kind,
            mode=file.entry.mode,
            uid=file.entry.uid,
            gid=file.entry.gid,
            size_bytes=file.entry.size_bytes,
            target=file.entry.target,
            mtime_s=file.entry.mtime_s,
            links=tuple(sorted(groups[file.inode])),
        )
        for path, file in files.paths.items()
    }
    return _comparable(found)


def _comparable(paths: dict[str, Path]) -> dict[str, Path]:
    """Without what the engine adds, and without the times of folders that it adds to."""
    return {
        path: one._replace(mtime_s=0) if path in TOUCHED else one
        for path, one in paths.items()
        if path not in ADDED
    }


@contextmanager
def _container(image: str) -> Iterator[str]:
    created = subprocess.run(
        ["docker", "create", image, "/nothing"], capture_output=True, text=True, check=True
    ).stdout.strip()
    try:
        yield created
    finally:
        subprocess.run(["docker", "rm", "-f", created], capture_output=True, check=True)


def _read(stream: Optional[IO[bytes]]) -> dict[str, Path]:
    members: dict[str, tarfile.TarInfo] = {}
    groups: dict[str, list[str]] = {}
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            path = member.name.strip("/")
            if path not in {"", "."}:
                members[path] = member
                groups.setdefault(member.linkname if member.islnk() else path, []).append(path)
    return {path: _path(path, member, members, groups) for path, member in members.items()}


def _path(
    path: str,
    member: tarfile.TarInfo,
    members: dict[str, tarfile.TarInfo],
    groups: dict[str, list[str]],
) -> Path:
    first = member.linkname if member.islnk() else path
    inode = members[first]
    return Path(
        kind=_KINDS[inode.type],
        mode=inode.mode & 0o7777,
        uid=inode.uid,
        gid=inode.gid,
        size_bytes=inode.size,
        target=inode.linkname if inode.issym() else "",
        mtime_s=int(inode.mtime),
        links=tuple(sorted(groups[first])),
    )
