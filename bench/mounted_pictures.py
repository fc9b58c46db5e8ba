"""Pictures of the host, seen by a container under /data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from builders.engine import Mount

DATA = "/data"


@dataclass(frozen=True)
class MountedPictures:
    """`mounts` for the container; `inside` gives each picture's path there, in the order given."""

    mounts: tuple[Mount, ...]
    inside: tuple[str, ...]


def mounted(pictures: Iterable[Path]) -> MountedPictures:
    """Mount each picture's folder read-only, as /data/0, /data/1 and so on.

    Links are followed first, as their targets may lie outside of the mounted folder.
    """
    files = [picture.resolve() for picture in pictures]
    targets: dict[Path, str] = {}
    for file in files:
        targets.setdefault(file.parent, f"{DATA}/{len(targets)}")
    return MountedPictures(
        mounts=tuple(Mount(folder, target) for folder, target in targets.items()),
        inside=tuple(f"{targets[file.parent]}/{file.name}" for file in files),
    )
