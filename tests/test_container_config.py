"""What the engine is asked for when a container is created."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from builders.container_config import creation_body
from builders.engine import ContainerSpec, Mount
from builders.labels import CREATED_BY_TOOLKIT

PLAIN = ContainerSpec("image", (), {"ours": "1"})


def test_nothing_is_allowed_by_default() -> None:
    body = creation_body(PLAIN)
    assert body["HostConfig"] == {
        "NetworkMode": "none",
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges"],
        "Init": False,
        "Mounts": [],
    }
    assert body["Labels"] == {"ours": "1", CREATED_BY_TOOLKIT: "true"}
    assert not body["OpenStdin"]
    assert not {"Cmd", "Entrypoint", "User", "NetworkingConfig"} & set(body)


def test_everything_asked_for_is_passed_on() -> None:
    spec = ContainerSpec(
        "image",
        ("predict", "/data/x"),
        {},
        entrypoint=(),
        network="wheels",
        network_alias="server",
        mounts=(Mount(Path("/a/b"), "/data"), Mount(Path("/c"), "/out", read_only=False)),
        environment={"A": "1=2"},
        user="65532",
        cpu_set="0-1",
        memory_bytes=1024,
        interactive=True,
        read_only_root=True,
        tmpfs=("/tmp",),
    )
    body = creation_body(spec)
    host = body["HostConfig"]
    assert (body["Cmd"], body["Entrypoint"]) == (["predict", "/data/x"], [])
    assert (body["Env"], body["User"]) == (["A=1=2"], "65532")
    assert body["OpenStdin"]
    assert body["StdinOnce"]
    assert (host["CpusetCpus"], host["Memory"], host["MemorySwap"]) == ("0-1", 1024, 1024)
    assert host["ReadonlyRootfs"] is True
    assert host["Tmpfs"] == {"/tmp": "rw,noexec,nosuid,nodev"}
    assert host["Mounts"] == [
        {"Type": "bind", "Source": "/a/b", "Target": "/data", "ReadOnly": True},
        {"Type": "bind", "Source": "/c", "Target": "/out", "ReadOnly": False},
    ]
    assert body["NetworkingConfig"] == {"EndpointsConfig": {"wheels": {"Aliases": ["server"]}}}


def test_the_usual_capabilities_are_left_where_asked() -> None:
    usual = creation_body(replace(PLAIN, usual_capabilities=True))["HostConfig"]
    assert usual == {"NetworkMode": "none", "Init": False, "Mounts": []}
