"""A ContainerSpec as the body of the engine's "create a container" request."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from builders.engine import ContainerSpec, Mount
from builders.gpus import DEVICE_REQUEST
from builders.labels import CREATED_BY_TOOLKIT


def creation_body(spec: ContainerSpec) -> dict[str, Any]:
    """The request body (Docker Engine API 1.41, POST /containers/create).

    A container inherits its image's labels, so that a user's own `docker run` of one of our
    images carries them too; the label CREATED_BY_TOOLKIT tells ours from theirs.
    """
    body: dict[str, Any] = {
        "Image": spec.image,
        "Labels": {**spec.labels, CREATED_BY_TOOLKIT: "true"},
        "Env": [f"{name}={value}" for name, value in spec.environment.items()],
        "AttachStdin": spec.interactive,
        "AttachStdout": True,
        "AttachStderr": True,
        "OpenStdin": spec.interactive,
        "StdinOnce": spec.interactive,
        "HostConfig": _host_config(spec),
    }
    if spec.command:
        body["Cmd"] = list(spec.command)
    if spec.entrypoint is not None:
        body["Entrypoint"] = list(spec.entrypoint)
    if spec.user is not None:
        body["User"] = spec.user
    return {**body, **_networking(spec)}


def _host_config(spec: ContainerSpec) -> dict[str, Any]:
    host: dict[str, Any] = {
        "NetworkMode": spec.network,
        "Init": False,
        "Mounts": [_mount(mount) for mount in spec.mounts],
    }
    if not spec.usual_capabilities:
        host.update(CapDrop=["ALL"], SecurityOpt=["no-new-privileges"])
    if spec.read_only_root:
        host["ReadonlyRootfs"] = True
    if spec.tmpfs:
        host["Tmpfs"] = dict.fromkeys(spec.tmpfs, "rw,noexec,nosuid,nodev")
    if spec.cpu_set is not None:
        host["CpusetCpus"] = spec.cpu_set
    if spec.memory_bytes is not None:  # swap counted in: a container that swaps can't be compared
        host.update(Memory=spec.memory_bytes, MemorySwap=spec.memory_bytes)
    if spec.gpus:
        host["DeviceRequests"] = [dict(DEVICE_REQUEST)]
    return host


def _mount(mount: Mount) -> Mapping[str, Any]:
    return {
        "Type": "bind",  # unlike a volume string, it fails when the source is missing
        "Source": os.path.abspath(mount.source),  # noqa: PTH100 - a link stays a link
        "Target": mount.target,
        "ReadOnly": mount.read_only,
    }


def _networking(spec: ContainerSpec) -> dict[str, Any]:
    if spec.network_alias is None:
        return {}
    endpoint = {"Aliases": [spec.network_alias]}
    return {"NetworkingConfig": {"EndpointsConfig": {spec.network: endpoint}}}
