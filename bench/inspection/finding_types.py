"""What people are told of an image beside its bytes: tools, what an attacker finds, advice."""

from __future__ import annotations

from typing import Optional

from bench.condition_types import Frozen


class Tool(Frozen):
    """A program an operator or attacker finds in the final file system.

    Attributes:
        name: the program's.
        kind: shell, package manager, compiler, version control, downloader, editor or debugger.
        path: with a leading slash.
    """

    name: str
    kind: str
    path: str


class Secret(Frozen):
    """Something that looks like a secret; its value is never kept.

    `where` is `environment NAME`, `label NAME`, `entrypoint`, `command`, `layer N's command`,
    `history step N` (of a step without a layer, counted from 0), or a path with a leading slash.

    Attributes:
        where: `environment NAME`, `label NAME`, `entrypoint`, `command`, `layer N's command`,
            `history step N` (of a step without a layer, counted from 0), or a path with a leading
            slash.
        kind: private key, AWS access key, password and so on.
        masked: what stands there, with the secret itself hidden.
        layer: that holds it, lowest 0, though it may be hidden in the final files; None elsewhere.
    """

    where: str
    kind: str
    masked: str
    layer: Optional[int] = None


class Security(Frozen):
    """What an attacker finds; paths are those of the final file system, with a leading slash.

    Attributes:
        root_user: whether it runs as root.
        setuid: files that run as their owner.
        setgid: files that run as their group.
        capabilities: files with capabilities.
        world_writable: folders without the sticky bit, and files.
        secrets: what looks like secrets.
    """

    root_user: bool
    setuid: tuple[str, ...]
    setgid: tuple[str, ...]
    capabilities: tuple[str, ...]
    world_writable: tuple[str, ...]
    secrets: tuple[Secret, ...]


class Loss(Frozen):
    """What an operator does without in this image, and what to do instead.

    Attributes:
        lost: what isn't there.
        instead: what does the same.
    """

    lost: str
    instead: str


class Hint(Frozen):
    """Advice with evidence.

    Attributes:
        id: stable, kebab-case; docs/hints.md lists all.
        title: the advice in a few words.
        evidence: sentences with the paths, packages or layers it rests on.
        saves_bytes: what the uncompressed image would lose; None when nothing or not known.
        saves_ms: start-up time, at most; None when not known.
        dockerfile: the line, or lines, that mend it.
    """

    id: str
    title: str
    evidence: tuple[str, ...]
    saves_bytes: Optional[int] = None
    saves_ms: Optional[float] = None
    dockerfile: str
