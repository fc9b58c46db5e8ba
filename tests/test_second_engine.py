"""An empty engine that can touch nothing of the machine's, and leaves nothing, however it ends."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from conftest import TEST_LABEL
from tiny_image import write_context

from bench import left_registries, namespace_host
from bench.left_engines import PREFIX, RUN, remove_left, run_folder
from bench.loopback_registry import Registry
from bench.pulling import push, take_pull
from bench.registry_manifest import stored_layers
from bench.second_engine import PROGRAM, second_engine
from builders.docker_engine import connect
from builders.engine import BuildRequest, Engine, ImageInfo
from builders.errors import SecondEngineFailed
from builders.maker import own_mark

ROOT = Path(__file__).resolve().parent.parent
INTERFACES = Path("/sys/class/net")
pytestmark = pytest.mark.engine


@pytest.fixture
def parent(tmp_path: Path, registry_program: None) -> Path:
    """Where engines are started, where that is permitted."""
    if os.geteuid() != 0 or shutil.which(PROGRAM) is None:
        pytest.skip("needs root and dockerd")
    return tmp_path / "pulls"


@pytest.fixture
def image(engine: Engine, tmp_path: Path) -> Iterator[ImageInfo]:
    """Three layers, the largest below, that no other image has."""
    labels = {TEST_LABEL: uuid.uuid4().hex}
    sizes = {f"file-{n}": size for n, size in enumerate((3_000_000, 1_000_000, 10))}
    copies = "".join(f"COPY {name} /{name}\n" for name in sizes)
    files = {name: os.urandom(size) for name, size in sizes.items()}
    dockerfile = f"FROM scratch\n{copies}".encode()
    context = write_context(tmp_path / "context.tar", {"Dockerfile": dockerfile, **files})
    tag = f"slimbench-test/pulled:{uuid.uuid4().hex}"
    yield engine.build(BuildRequest(context, "Dockerfile", tag, labels), print)
    engine.remove_labelled(labels)


def interfaces() -> set[str]:
    """All but those of containers, which come and go."""
    return {path.name for path in INTERFACES.iterdir() if not path.name.startswith("veth")}


def running(folder: Path) -> list[str]:
    """Command lines that name the folder or its sockets' folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(folder) in line or str(run_folder(folder)) in line:
            found.append(line)
    return found


def mounted(folder: Path) -> list[str]:
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if str(folder) in line or str(run_folder(folder)) in line]


def only_folder(parent: Path) -> Path:
    (folder,) = parent.iterdir()
    return folder


def test_it_is_empty_and_is_gone_afterwards(parent: Path, registry: Registry) -> None:
    before = interfaces()
    with second_engine(parent, registry, connect) as second:
        folder = only_folder(parent)
        assert second.images({}) == ()
        assert second.info().root_dir == str(folder / "data")
        assert interfaces() == before  # an engine without a bridge takes docker0 away
        assert len(running(folder)) >= 2
        assert mounted(folder) == []  # they are in its own namespace
    assert interfaces() == before
    assert list(parent.iterdir()) == []
    assert running(folder) == []
    assert not run_folder(folder).exists()


def test_pulls_come_whole_and_each_onto_nothing(
    engine: Engine, image: ImageInfo, parent: Path, registry: Registry
) -> None:
    name = f"{registry.address}/slimbench-test/pulled:{uuid.uuid4().hex}"
    pushed = push(engine, image.image_id, name, stored_layers)
    assert engine.image(image.image_id) == image  # no name, no digest is left
    assert len(pushed.layers) == 3
    with second_engine(parent, registry, connect) as second:
        for number in range(3):
            sample = take_pull(second, pushed, number)
            assert second.images({}) == ()
            assert sample.round == number
            assert 4_000_000 < sample.compressed_bytes < 4_100_000
            assert [layer.compressed_bytes for layer in sample.layers] == list(
                pushed.layers.values()
            )
            assert sample.download_ns is not None
            assert sample.unpack_ns is not None
            assert 0 < sample.unpack_ns < sample.total_ns
            assert 0 < sample.download_ns < sample.total_ns
            assert sample.storage_driver == second.info().storage_driver


def test_a_failure_of_its_user_ends_it_too(parent: Path, registry: Registry) -> None:
    folders = []
    with pytest.raises(KeyboardInterrupt), second_engine(parent, registry, connect):
        interrupted(folders.append, only_folder(parent))
    assert list(parent.iterdir()) == []
    assert [running(folder) for folder in folders] == [[]]


def interrupted(act: Callable[[Path], None], folder: Path) -> NoReturn:
    act(folder)
    raise KeyboardInterrupt


KILLED = """\
import os, signal, sys
from pathlib import Path
from bench.loopback_registry import Registry, loopback_registry
from bench.second_engine import second_engine
from builders.docker_engine import connect
parent = Path(sys.argv[1])
with loopback_registry(parent / "registry") as registry:
    with second_engine(parent, registry, connect):
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_next_command_removes_what_a_killed_one_left(parent: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(parent)]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (folder,) = parent.glob(f"{PREFIX}*")
    assert len(running(folder)) >= 2
    assert run_folder(folder).exists()

    assert remove_left(parent) == 1

    assert running(folder) == []
    assert list(parent.glob(f"{PREFIX}*")) == []
    assert not run_folder(folder).exists()
    assert remove_left(parent) == 0
    assert left_registries.remove_left(parent / "registry") == 1


def test_what_is_not_surely_left_stays(tmp_path: Path) -> None:
    (mark,) = own_mark().values()
    for name in (f"{PREFIX}{mark}-1", f"{PREFIX}another-boot.1.2.3-1", f"{PREFIX}-1", "else"):
        (tmp_path / name).mkdir()
    assert remove_left(tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 4
    assert remove_left(tmp_path / "absent") == 0


def refused(parent: Path, registry: Registry) -> str:
    with pytest.raises(SecondEngineFailed) as caught, second_engine(parent, registry, connect):
        pass
    assert not parent.exists() or list(parent.iterdir()) == []
    return str(caught.value)


@pytest.fixture
def nowhere() -> Registry:
    return Registry("127.0.0.1:1", Path("/absent"))


def test_only_root_may(tmp_path: Path, nowhere: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.second_engine.os.geteuid", lambda: 1000)
    assert refused(tmp_path, nowhere) == "only root may run a second engine"


@pytest.mark.parametrize(
    ("missing", "package"),
    [("unshare", "util-linux"), (PROGRAM, "docker.io"), ("docker-registry", "docker-registry")],
)
def test_a_missing_program_is_told(
    parent: Path, nowhere: Registry, monkeypatch: pytest.MonkeyPatch, missing: str, package: str
) -> None:
    which = shutil.which
    monkeypatch.setattr(
        "bench.second_engine.shutil.which", lambda name: None if name == missing else which(name)
    )
    told = refused(parent, nowhere)
    assert told == f"{missing} isn't installed; apt-get install {package}"


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first `dockerd` there is."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder / PROGRAM


def write_program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_one_that_ends_at_once_says_why(parent: Path, nowhere: Registry, stand_in: Path) -> None:
    write_program(stand_in, "echo storage is broken >&2; exit 3")
    assert refused(parent, nowhere) == "dockerd: the second engine ended with 3: storage is broken"


def test_a_silent_one_is_not_waited_for_forever(
    parent: Path, nowhere: Registry, stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.second_engine.START_TIMEOUT_S", 0.5)
    write_program(stand_in, "while :; do sleep 1; done")
    assert "dockerd: the second engine didn't answer" in refused(parent, nowhere)


def test_a_folder_that_cannot_be_made_is_told(parent: Path, nowhere: Registry) -> None:
    parent.write_text("a file\n")
    told = pytest.raises(SecondEngineFailed, match="can't have its folder: Not a directory")
    with told, second_engine(parent, nowhere, connect):
        pass


def test_it_never_becomes_an_engine_on_the_machines_own_network() -> None:
    """There it would take the bridge of the user's engine away."""
    own = str(Path("/proc/self/ns/net").readlink())
    command = [sys.executable, "-I", namespace_host.__file__, own, "registry", "--", "/bin/true"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "this is the machine's own network" in done.stderr


def test_the_sockets_folder_has_a_short_path(tmp_path: Path) -> None:
    """A socket's path may have 107 bytes (unix(7)); the engine's containerd has the longest."""
    (mark,) = own_mark().values()
    folder = tmp_path / f"{PREFIX}{mark}-{uuid.uuid4().hex[:12]}"
    assert run_folder(folder).parent == RUN
    longest = run_folder(folder) / "exec/containerd/containerd-debug.sock.ttrpc"
    assert len(str(longest)) < 108
