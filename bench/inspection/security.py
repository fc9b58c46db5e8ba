"""What an attacker finds in an image."""

from __future__ import annotations

from bench.inspection.contents import ImageContents
from bench.inspection.facts import ImageSettings, Security
from bench.inspection.image_config import ImageConfig
from bench.inspection.owners import Ownership

ROOT = frozenset({"", "0", "root"})


def security(contents: ImageContents, ownership: Ownership) -> Security:
    """Users, modes and secrets; nothing secret is kept."""
    del ownership
    user = contents.config.settings.user.partition(":")[0]
    files = {
        path: file.entry for path, file in contents.files.paths.items() if file.entry.kind == "file"
    }
    return Security(
        root_user=user in ROOT,
        setuid=tuple(path for path, entry in files.items() if entry.mode & 0o4000),
        setgid=tuple(path for path, entry in files.items() if entry.mode & 0o2000),
        capabilities=tuple(path for path, entry in files.items() if entry.capability),
        world_writable=(),
        secrets=(),
    )


def masked_settings(config: ImageConfig) -> ImageSettings:
    """The configuration, with values that look like secrets masked."""
    run = config.settings
    return ImageSettings(
        architecture=config.architecture,
        operating_system=config.os,
        created=config.created or "",
        user=run.user,
        working_folder=run.working_folder,
        entrypoint=run.entrypoint or (),
        command=run.command or (),
        environment=run.environment or (),
        exposed_ports=tuple(sorted(run.exposed_ports or ())),
        volumes=tuple(sorted(run.volumes or ())),
        labels=dict(run.labels or {}),
    )
