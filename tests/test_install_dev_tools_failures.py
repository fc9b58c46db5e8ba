"""Each failure of install_dev_tools.sh: one sentence, exit 1."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from stub_machine import PYTHON, Machine

pytestmark = pytest.mark.process


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def ready(machine: Machine) -> Machine:
    return machine.set_up()


def test_refuses_an_unknown_option(machine: Machine) -> None:
    machine.refuses("--with-mll", "--help", options=("--with-mll",))


def test_refuses_without_root(machine: Machine) -> None:
    machine.command("id", "echo 1000")
    machine.refuses("root", "sudo")
    assert machine.calls() == []


def test_refuses_without_a_known_package_manager(machine: Machine) -> None:
    (machine.folder / "bin" / "apt-get").unlink()
    machine.refuses("no apt-get", "Debian or Ubuntu")


@pytest.mark.parametrize(("options", "needed"), [((), "3 GB"), (("--with-ml",), "14 GB")])
def test_refuses_without_disk(machine: Machine, options: tuple[str, ...], needed: str) -> None:
    machine.command("df", "printf 'Filesystem\\nx x x %s\\n' 2200000")
    machine.refuses(needed, "2 GB", options=options)
    assert machine.calls() == []


def test_a_second_run_asks_for_less_disk(ready: Machine) -> None:
    ready.command("df", "printf 'Filesystem\\nx x x %s\\n' 2200000")
    assert ready.run().returncode == 0


def test_says_when_package_lists_cannot_be_renewed(machine: Machine) -> None:
    machine.command("apt-get", "exit 100")
    machine.refuses("renew", "network", "install-output.log")


def test_says_when_packages_cannot_be_installed(machine: Machine) -> None:
    machine.command("apt-get", '[[ "$*" != *" install "* ]]')
    machine.refuses("can't install", "mmdebstrap", "install-output.log")


def test_says_when_no_python_is_new_enough(machine: Machine) -> None:
    machine.command("python3", "exit 1")
    machine.candidate("python3", "3.7.3-1")
    machine.refuses("Python 3.9", "distribution")


def test_says_when_no_environment_can_be_made(machine: Machine) -> None:
    machine.command("python3", '[[ "$*" != *"-m venv"* ]]')
    machine.refuses("virtual environment", str(machine.repository))


def test_says_when_pip_fails(ready: Machine) -> None:
    ready.command("python3", PYTHON)
    ready.write(ready.repository / ".venv" / "bin" / "python", '[[ "$*" != *"pip install"* ]]')
    ready.refuses("pip can't install slimbench[ml]", "network", options=("--with-ml",))


def test_says_when_the_engine_ends_at_once(ready: Machine) -> None:
    (ready.folder / "engine-answers").unlink()
    ready.command("dockerd", "exit 1")
    ready.refuses("ended before it answered", "dockerd.log")


def test_says_when_systemd_cannot_start_the_engine(ready: Machine) -> None:
    (ready.folder / "engine-answers").unlink()
    (ready.folder / "systemd").mkdir()
    ready.command("systemctl", "exit 1")
    ready.refuses("systemd", "journalctl")


def test_a_mute_engine_is_waited_for_and_not_started_twice(ready: Machine) -> None:
    (ready.folder / "engine-answers").unlink()
    ready.command("dockerd", "echo dockerd >>$M/calls; sleep 30")
    ready.refuses("does not answer within 1 s", "dockerd.log", settings="ENGINE_WAIT_S=1")
    pid = (ready.repository / ".slimbench" / "dockerd.pid").read_text()
    (ready.folder / "docker.pid").write_text(pid)
    try:
        ready.refuses("does not answer within 1 s", settings="ENGINE_WAIT_S=1")
        assert ready.calls() == ["dockerd"]
    finally:
        os.killpg(int(pid), signal.SIGKILL)
