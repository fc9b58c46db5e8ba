"""What an attacker finds in an image."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Optional

from bench.inspection.contents import ImageContents
from bench.inspection.entry import Entry
from bench.inspection.facts import PACKAGE_KINDS, ImageSettings
from bench.inspection.finding_types import Secret, Security
from bench.inspection.image_config import ImageConfig
from bench.inspection.masking import masked_arguments, masked_setting
from bench.inspection.owners import Ownership
from bench.inspection.secret_patterns import in_package_folder
from bench.inspection.secret_settings import settings_secrets

SET_UID, SET_GID, STICKY, OTHERS_WRITE = 0o4000, 0o2000, 0o1000, 0o0002
_NOT_THEIRS = PACKAGE_KINDS | {"interpreter"}  # owners whose keys are for tests


def security(contents: ImageContents, ownership: Ownership) -> Security:
    """Users, modes and secrets; nothing secret is kept."""
    entries = {path: file.entry for path, file in contents.files.regular.items()}
    return Security(
        root_user=runs_as(contents) == 0,
        setuid=_paths(entries, lambda entry: bool(entry.mode & SET_UID)),
        setgid=_paths(entries, lambda entry: bool(entry.mode & SET_GID)),
        capabilities=_paths(entries, lambda entry: entry.capability),
        world_writable=_world_writable(contents),
        secrets=(*settings_secrets(contents.config), *_file_secrets(contents, ownership)),
    )


def runs_as(contents: ImageContents) -> Optional[int]:
    """The user id that a container starts with; None for a name that isn't in `/etc/passwd`.

    A number is taken as an id, whatever users are called; no user is root (github.com/moby/sys,
    `user.GetExecUser`).
    """
    user = contents.config.settings.user.partition(":")[0]
    if user.isdecimal():
        return int(user)
    return 0 if user in {"", "root"} else passwd(contents).get(user)


def passwd(contents: ImageContents) -> Mapping[str, int]:
    """The users of `/etc/passwd` with their ids; of a name that is there twice the first counts."""
    users: dict[str, int] = {}
    for line in (contents.text("etc/passwd") or "").splitlines():
        name, _, number = (*line.split(":", 3), "", "", "")[:3]
        if name and number.isdecimal():
            users.setdefault(name, int(number))
    return users


def _paths(entries: Mapping[str, Entry], has: Callable[[Entry], bool]) -> tuple[str, ...]:
    return tuple(f"/{path}" for path, entry in entries.items() if has(entry))


def _world_writable(contents: ImageContents) -> tuple[str, ...]:
    """Files that everybody may change, and folders where everybody may replace what others made."""
    folders = {
        path: file.entry
        for path, file in contents.files.paths.items()
        if file.entry.kind == "folder" and not file.entry.mode & STICKY
    }
    files = {path: file.entry for path, file in contents.files.regular.items()}
    return tuple(sorted(_paths({**folders, **files}, lambda entry: entry.mode & OTHERS_WRITE > 0)))


def _file_secrets(contents: ImageContents, ownership: Ownership) -> Iterator[Secret]:
    """Secrets in files, each once, from the lowest layer that has it."""
    found = [*contents.secrets()]
    packaged = _packaged(contents, ownership) if found else frozenset()
    seen = set()
    for layer, path, note in found:
        hidden = not contents.visible(layer, path)
        if path in packaged or (hidden and in_package_folder(path)) or (path, note) in seen:
            continue
        seen.add((path, note))
        yield Secret(where=f"/{path}", kind=note.kind, masked=note.masked, layer=layer)


def _packaged(contents: ImageContents, ownership: Ownership) -> frozenset[str]:
    """Paths of packages' and interpreters' files, hard links too."""
    regular = contents.files.regular
    inodes = {
        file.inode for path, file in regular.items() if ownership.of[path].kind in _NOT_THEIRS
    }
    return frozenset(path for path, file in contents.files.paths.items() if file.inode in inodes)


def masked_settings(config: ImageConfig) -> ImageSettings:
    """The configuration, with values that look like secrets masked."""
    run = config.settings
    labels = {name: masked_setting(f"{name}={value}") for name, value in (run.labels or {}).items()}
    return ImageSettings(
        architecture=config.architecture,
        operating_system=config.os,
        created=config.created or "",
        user=run.user,
        working_folder=run.working_folder,
        entrypoint=masked_arguments(run.entrypoint or ()),
        command=masked_arguments(run.command or ()),
        environment=tuple(masked_setting(line) for line in run.environment or ()),
        exposed_ports=tuple(sorted(run.exposed_ports or ())),
        volumes=tuple(sorted(run.volumes or ())),
        labels={name: line[len(name) + 1 :] for name, line in labels.items()},
    )
