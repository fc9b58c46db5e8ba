"""Where the kernel keeps the account of a container: its control groups, of either version.

A container's cgroup is found from its first process, whatever the engine calls it. Version 1 has
a hierarchy for each controller or for several together, version 2 one for all; a machine may have
both mounted, and a controller is then in one of them.
Sources: proc_pid_cgroup(5), proc_pid_mountinfo(5), cgroups(7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Optional

ROOT = Path("/")


@dataclass(frozen=True)
class Membership:
    """A line of /proc/PID/cgroup; version 2 names no controllers."""

    controllers: frozenset[str]
    path: PurePosixPath  # in its hierarchy


@dataclass(frozen=True)
class Hierarchy:
    """A mounted hierarchy, or the part of it below `root`."""

    version: int
    controllers: frozenset[str]  # of version 1, among other mount options
    root: PurePosixPath
    mount_point: PurePosixPath


@dataclass(frozen=True)
class Cgroup:
    """The folder that holds one controller's files of a container."""

    version: int
    folder: Path

    def number(self, name: str) -> Optional[int]:
        """What a file with one number holds; None where there is no such file or number."""
        text = _text(self.folder / name).strip()
        return int(text) if text.isdecimal() else None

    def numbers(self, name: str) -> Mapping[str, int]:
        """What a file of `KEY NUMBER` lines holds; empty where there is no such file."""
        pairs = (line.split() for line in _text(self.folder / name).splitlines())
        return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdecimal()}

    def pids(self) -> tuple[int, ...]:
        """Its processes, as this machine numbers them."""
        words = _text(self.folder / "cgroup.procs").split()
        return tuple(int(word) for word in words if word.isdecimal())


def cgroup_of(pid: int, controller: str, root: Path = ROOT) -> Optional[Cgroup]:
    """A process's cgroup for a controller, such as `memory`.

    Args:
        pid: as this machine numbers it.
        controller: by the name that both versions have, or version 1 alone (`cpuacct`).
        root: of the file system, for tests.

    Returns:
        The cgroup; None where the process is gone, or its hierarchy isn't mounted here.
    """
    memberships = tuple(parse_memberships(_text(root / "proc" / str(pid) / "cgroup")))
    hierarchies = tuple(parse_hierarchies(_text(root / "proc/self/mountinfo")))
    for version in (1, 2):
        of_version = [one for one in hierarchies if one.version == version]
        for membership in memberships:
            for hierarchy in of_version:
                if _fits(membership, hierarchy, controller):
                    return Cgroup(version, root / _place(membership, hierarchy).relative_to("/"))
    return None


def parse_memberships(text: str) -> Iterator[Membership]:
    """The lines of /proc/PID/cgroup, `NUMBER:CONTROLLERS:PATH`; others are passed over."""
    for line in text.splitlines():
        fields = line.split(":", 2)
        if len(fields) == 3:
            yield Membership(
                frozenset(filter(None, fields[1].split(","))), PurePosixPath(fields[2])
            )


def parse_hierarchies(text: str) -> Iterator[Hierarchy]:
    """The cgroup mounts among the lines of /proc/PID/mountinfo."""
    for line in text.splitlines():
        mount, _, kind = line.partition(" - ")
        fields, described = mount.split(), kind.split()
        if len(fields) >= 5 and len(described) >= 3 and described[0] in ("cgroup", "cgroup2"):
            yield Hierarchy(
                version=2 if described[0] == "cgroup2" else 1,
                controllers=frozenset(described[2].split(",")),
                root=PurePosixPath(_unescaped(fields[3])),
                mount_point=PurePosixPath(_unescaped(fields[4])),
            )


def _fits(membership: Membership, hierarchy: Hierarchy, controller: str) -> bool:
    if hierarchy.version == 1:
        named = controller in membership.controllers & hierarchy.controllers
    else:
        named = not membership.controllers
    # Outside the part that is mounted here, or above this process's cgroup namespace (`/..`).
    inside = membership.path.is_relative_to(hierarchy.root) and ".." not in membership.path.parts
    return named and inside


def _place(membership: Membership, hierarchy: Hierarchy) -> PurePosixPath:
    return hierarchy.mount_point / membership.path.relative_to(hierarchy.root)


def _unescaped(field: str) -> str:
    """Blanks, tabs, line ends and backslashes are written in octal."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # the process has ended, or the kernel has no such file
        return ""
