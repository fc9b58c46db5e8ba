"""A registry that answers while it is needed, and leaves nothing, however its user ends."""

from __future__ import annotations

import http.client
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bench.left_registries import PREFIX, remove_left
from bench.loopback_registry import PROGRAM, Registry, free_port, loopback_registry
from builders.errors import RegistryFailed
from builders.maker import own_mark

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.process


def catalogue(registry: Registry) -> bytes:
    connection = http.client.HTTPConnection(registry.address, timeout=5)
    connection.request("GET", "/v2/_catalog")
    return connection.getresponse().read()


def is_refused(registry: Registry) -> bool:
    try:
        catalogue(registry)
    except ConnectionRefusedError:
        return True
    return False


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the real one: the first `docker-registry` there is."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder / PROGRAM


def write_program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_it_answers_and_is_gone_afterwards(registry_program: None, tmp_path: Path):
    with loopback_registry(tmp_path) as registry:
        assert catalogue(registry) == b'{"repositories":[]}\n'
        assert registry.folder.parent == tmp_path
        assert registry.address.startswith("127.0.0.1:")
    assert is_refused(registry)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_of_its_user_ends_it_too(registry_program: None, tmp_path: Path):
    with pytest.raises(KeyboardInterrupt), loopback_registry(tmp_path) as registry:
        raise KeyboardInterrupt
    assert is_refused(registry)
    assert list(tmp_path.iterdir()) == []


def test_two_run_beside_each_other(registry_program: None, tmp_path: Path):
    with loopback_registry(tmp_path) as one, loopback_registry(tmp_path) as other:
        assert one.address != other.address
        assert catalogue(one) == catalogue(other)


def test_a_missing_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RegistryFailed) as caught, loopback_registry(tmp_path):
        pass
    sentence = "docker-registry isn't installed; apt-get install docker-registry"
    assert str(caught.value) == sentence
    assert list(tmp_path.iterdir()) == []


def test_a_registry_that_ends_at_once_says_why(program: Path, tmp_path: Path):
    write_program(program, f"echo run >>{tmp_path}/runs; echo storage is broken >&2; exit 3")
    with pytest.raises(RegistryFailed) as caught, loopback_registry(tmp_path / "data"):
        pass
    sentence = "docker-registry: the registry ended with exit code 3: storage is broken"
    assert str(caught.value) == sentence
    assert (tmp_path / "runs").read_text() == "run\n" * 3
    assert list((tmp_path / "data").iterdir()) == []


def test_a_silent_registry_is_not_waited_for_forever(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bench.loopback_registry.START_TIMEOUT_S", 0.2)
    write_program(program, "exec sleep 60")
    silent = pytest.raises(RegistryFailed, match=r"didn't answer within 0\.2 s")
    with silent, loopback_registry(tmp_path / "data"):
        pass
    assert list((tmp_path / "data").iterdir()) == []


KILLED = """\
import os, signal, sys
from pathlib import Path
from bench.loopback_registry import loopback_registry
with loopback_registry(Path(sys.argv[1])) as registry:
    print(registry.address, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_next_one_removes_what_a_killed_command_left(registry_program: None, tmp_path: Path):
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    (folder,) = tmp_path.iterdir()
    left = Registry(killed.stdout.strip(), folder)
    assert catalogue(left) == b'{"repositories":[]}\n'
    assert remove_left(tmp_path) == 1
    assert is_refused(left)
    assert list(tmp_path.iterdir()) == []
    assert remove_left(tmp_path) == 0


def test_what_is_not_surely_left_stays(tmp_path: Path):
    (mark,) = own_mark().values()
    for name in (f"{PREFIX}{mark}-1", f"{PREFIX}another-boot.1.2.3-1", f"{PREFIX}-1", "else"):
        (tmp_path / name).mkdir()
    assert remove_left(tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 4
    assert remove_left(tmp_path / "absent") == 0


def test_a_free_port_is_free():
    assert is_refused(Registry(f"127.0.0.1:{free_port()}", Path()))
