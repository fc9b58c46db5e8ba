"""Build contexts that depend on content alone: neutral owners and times, sorted names.

The same files give the same archive bytes on every machine, so that the engine's cache hits.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from builders.errors import ConfigurationError

IGNORED_NAMES = frozenset({"__pycache__", ".git", ".DS_Store"})


@dataclass(frozen=True)
class ContextFiles:
    """What a context holds: archive name to file on disk, and the digest of all of it.

    Attributes:
        texts: what stands in the archive instead of a file's own content.
    """

    files: Mapping[str, Path]
    digest: str
    texts: Mapping[str, str] = field(default_factory=dict)


def collect(root: Path, entries: tuple[str, ...], settings: Mapping[str, str]) -> ContextFiles:
    """Find the files of a context.

    Args:
        root: folder that `entries` (files or folders) are relative to.
        entries: paths, or patterns with `*`; folders are taken whole, caches left out.
        settings: build arguments and the like; part of the digest, not of the archive.
    """
    files = {path.relative_to(root).as_posix(): path for path in _walk(root, entries)}
    return digested(files, settings)


def digested(files: Mapping[str, Path], settings: Mapping[str, str]) -> ContextFiles:
    """These files, and the digest of their names, modes and contents, and of the settings."""
    hasher = hashlib.sha256(json.dumps(dict(settings), sort_keys=True).encode())
    for name in sorted(files):
        mode = _mode(files[name])
        hasher.update(f"\0{name}\0{mode:o}\0{_file_digest(files[name])}".encode())
    return ContextFiles(files=files, digest=f"sha256:{hasher.hexdigest()}")


def write(context: ContextFiles, archive: Path) -> None:
    """Write the context as an uncompressed tar archive."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(context.files):
            if name in context.texts:
                _add_text(tar, name, context.texts[name].encode())
            else:
                _add(tar, name, context.files[name])


def _add_text(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o644
    tar.addfile(member, io.BytesIO(content))


def _add(tar: tarfile.TarFile, name: str, path: Path) -> None:
    member = tarfile.TarInfo(name)
    if path.is_symlink() and not path.is_file():  # to a folder, or to nothing on this machine
        member.type, member.linkname = tarfile.SYMTYPE, str(path.readlink())
        tar.addfile(member)
        return
    member.size = path.stat().st_size
    member.mode = _mode(path)
    with path.open("rb") as stream:
        tar.addfile(member, stream)


def _walk(root: Path, entries: tuple[str, ...]) -> Iterator[Path]:
    for entry in entries:
        named = sorted(root.glob(entry)) if "*" in entry else [root / entry]
        if not any(path.exists() for path in named):
            raise ConfigurationError(
                "a file of the build context is missing",
                where=str(root / entry),
                next_step="correct the path in the matrix or create the file",
            )
        found = (p for one in named for p in (sorted(one.rglob("*")) if one.is_dir() else [one]))
        yield from (p for p in found if p.is_file() and not _ignored(p.relative_to(root)))


def _ignored(relative: Path) -> bool:
    return bool(IGNORED_NAMES.intersection(relative.parts)) or relative.suffix == ".pyc"


def _mode(path: Path) -> int:
    if path.is_symlink() and not path.is_file():
        return 0o777
    return 0o755 if path.stat().st_mode & 0o100 else 0o644


def _file_digest(path: Path) -> str:
    if path.is_symlink() and not path.is_file():
        return hashlib.sha256(str(path.readlink()).encode()).hexdigest()
    hasher = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            hasher.update(chunk)
    return hasher.hexdigest()
