"""The container of a service of the user's own: what `docker run` would give, and our limits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.session import NETWORK
from builders.engine import ContainerSpec, Mount
from builders.labels import KIND_SERVICE, of_kind
from builders.matrix import Limits
from builders.own_service import CommandService, Service


def http_spec(image: str, service: Service, limits: Limits) -> ContainerSpec:
    """One that listens; its network is made with it, and no port is published."""
    return _spec(image, service, limits)


def command_spec(
    image: str, service: Service, command: CommandService, limits: Limits, folder: Path
) -> ContainerSpec:
    """One that answers on standard output and ends; it has no network.

    Args:
        image: its reference.
        service: what the matrix says of all containers.
        command: and of this one.
        limits: the same for all.
        folder: of the matrix, which holds the files.
    """
    spec = _spec(image, service, limits)
    mounts = (Mount(folder / source, target) for target, source in command.files.items())
    return replace(
        spec,
        command=command.arguments,
        entrypoint=command.entrypoint,
        network=NETWORK,
        mounts=tuple(mounts),
    )


def _spec(image: str, service: Service, limits: Limits) -> ContainerSpec:
    asked = service.container
    return ContainerSpec(
        image=image,
        command=(),
        labels=of_kind(KIND_SERVICE),
        environment=asked.environment,
        user=asked.user,
        cpu_set=limits.cpu_set,
        memory_bytes=limits.memory_bytes,
        read_only_root=asked.read_only,
        tmpfs=asked.tmpfs,
        usual_capabilities=asked.capabilities == "default",
    )
