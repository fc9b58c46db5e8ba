"""What install_dev_tools.sh installs and starts, and that a second run changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from stub_machine import DOCKER, PYTHON, Machine

pytestmark = pytest.mark.process


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def ready(machine: Machine) -> Machine:
    return machine.set_up()


def installed_packages(calls: list[str]) -> set[str]:
    installs = [call for call in calls if "--no-install-recommends" in call]
    assert len(installs) == 1
    return set(installs[0].split("--no-install-recommends ")[1].split())


def test_a_bare_machine_gets_everything(machine: Machine) -> None:
    done = machine.run()
    assert done.returncode == 0, done.stderr
    calls = machine.calls()
    assert installed_packages(calls) == {
        *("docker.io", "docker-compose", "mmdebstrap", "docker-registry", "wrk", "shellcheck"),
        *("python3", "python3-venv", "python3-pip"),
    }
    assert [call for call in calls if not call.startswith("apt-get")] == [
        "dockerd",
        "pip install .[dev]",
    ]


def test_the_log_names_each_tool(ready: Machine) -> None:
    log = (ready.repository / "install.log").read_text()
    for tool in ("docker", "compose", "mmdebstrap", "registry", "wrk", "shellcheck", "pip", "nox"):
        assert tool in log


def test_a_second_run_changes_nothing(ready: Machine) -> None:
    log = ready.repository / "install.log"
    before = (log.read_bytes(), log.stat().st_mtime_ns)
    assert ready.run().returncode == 0
    assert ready.calls() == []
    assert (log.read_bytes(), log.stat().st_mtime_ns) == before


def test_only_what_is_missing_is_installed(ready: Machine) -> None:
    (ready.folder / "bin" / "shellcheck").unlink()
    assert ready.run().returncode == 0
    assert installed_packages(ready.calls()) == {"shellcheck"}


def test_a_client_without_an_engine_gets_the_engine(machine: Machine) -> None:
    machine.command("docker", DOCKER)
    assert machine.run().returncode == 0
    assert "docker.io" in installed_packages(machine.calls())


def test_an_engine_that_answers_is_left_alone(machine: Machine) -> None:
    machine.command("docker", DOCKER)
    (machine.folder / "engine-answers").touch()
    assert machine.run().returncode == 0
    calls = machine.calls()
    assert "docker.io" not in installed_packages(calls)
    assert "dockerd" not in calls


def test_the_compose_plugin_is_preferred_where_it_is_known(machine: Machine) -> None:
    machine.candidate("docker-compose-v2", "2.24")
    machine.refuses("compose", "still not on the PATH")  # the stub package holds no command
    assert "docker-compose-v2" in installed_packages(machine.calls())


def test_a_newer_python_is_chosen_where_python3_is_old(machine: Machine) -> None:
    machine.command("python3", "exit 1")
    machine.candidate("python3", "3.8.2")
    machine.candidate("python3.9", "3.9.5")
    machine.write(machine.folder / "packages" / "python3.9" / "python3.9", PYTHON)
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert {"python3.9", "python3.9-venv"} < installed_packages(machine.calls())


def test_a_venv_of_an_older_python_is_made_anew(ready: Machine) -> None:
    ready.write(ready.repository / ".venv" / "bin" / "python", "exit 1")
    assert "making .venv" in ready.run().stdout


def test_ml_packages_come_on_request_and_once(ready: Machine) -> None:
    assert ready.run("--with-ml").returncode == 0
    assert ready.calls() == ["pip install .[ml]"]
    assert ready.run("--with-ml").returncode == 0
    assert ready.calls() == []


def test_a_browser_comes_on_request_and_once(ready: Machine) -> None:
    assert ready.run("--with-browser").returncode == 0
    assert installed_packages(ready.calls()) == {"chromium"}
    assert "Chromium 1" in (ready.repository / "install.log").read_text()
    assert ready.run("--with-browser").returncode == 0
    assert ready.calls() == []


def test_a_changed_pyproject_is_installed_again(ready: Machine) -> None:
    (ready.repository / "pyproject.toml").write_text("[project]\nname='other'\n")
    assert ready.run().returncode == 0
    assert ready.calls() == ["pip install .[dev]"]


def test_a_stopped_engine_with_a_stale_pid_file_is_started(ready: Machine) -> None:
    (ready.folder / "engine-answers").unlink()
    (ready.folder / "docker.pid").write_text(str(os.getpid()))  # a process, but no dockerd
    assert ready.run().returncode == 0
    assert ready.calls() == ["dockerd"]
    assert not (ready.folder / "docker.pid").exists()


def test_a_service_manager_starts_the_engine(machine: Machine) -> None:
    (machine.folder / "systemd").mkdir()
    assert machine.run().returncode == 0
    assert "systemctl start docker" in machine.calls()


def test_help_needs_no_root_and_changes_nothing(machine: Machine) -> None:
    machine.command("id", "echo 1000")
    done = machine.run("--help")
    assert done.returncode == 0
    assert "--with-ml" in done.stdout
    assert machine.calls() == []
