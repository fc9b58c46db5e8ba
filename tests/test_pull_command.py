"""`bench --pull` on a real engine, as a user types it; and killed in the middle of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from real_project import VARIANTS, RealProject, docker, ended

from bench.left_pulls import FOLDER
from bench.record import load
from bench.second_engine import PROGRAM
from builders.maker import mark
from builders.workspace import Workspace

pytestmark = pytest.mark.engine
PULL = ("--verbose", "bench", "--no-scenarios", "--pull", "--pull-rounds", "1")


@pytest.fixture
def project(real_project: RealProject, registry_program: None) -> RealProject:
    if os.geteuid() != 0 or shutil.which(PROGRAM) is None:
        pytest.skip("needs root and dockerd")
    return real_project


def folders(project: RealProject, made_by: str) -> list[Path]:
    """Data of the registry and the second engine of one command."""
    return list((Workspace.of(project.root).cache / FOLDER).glob(f"*-{made_by}-*"))


def pushed_names(made_by: str) -> list[str]:
    listed = docker("images", "--format", "{{.Repository}}:{{.Tag}}").output.split()
    return [name for name in listed if name.endswith(f":{made_by}")]


def until(process: subprocess.Popen[str], begin: str) -> str:
    """Read what a command says until such a line; its mark."""
    made_by = mark(process.pid)
    assert process.stderr is not None
    assert any(line.startswith(begin) for line in process.stderr)
    return made_by


def processes(folder: Path) -> list[str]:
    found = subprocess.run(
        ["pgrep", "-f", str(folder)], capture_output=True, text=True, check=False
    )
    return found.stdout.split()


def test_pulls_are_measured_and_nothing_is_left(project: RealProject) -> None:
    with project.start(*PULL) as process:
        made_by = mark(process.pid)
        command = ended(process)
    assert command.exit_code == 0, command.errors
    rows = {row.name: row for row in load(Workspace.of(project.root).record).variants}
    for name in VARIANTS:
        (sample,) = rows[name].pulls
        assert sample.round == 0
        assert sample.unpack_ns is not None
        assert sample.download_ns is not None
        assert 0 < sample.unpack_ns < sample.total_ns
        assert 0 < sample.download_ns < sample.total_ns
        image = rows[name].image
        assert image is not None
        assert image.compressed_bytes is not None
        assert sample.compressed_bytes == pytest.approx(image.compressed_bytes, rel=0.02)
        assert rows[name].missing == ()
        assert rows[name].throughput == ()
        assert len(rows[name].imports) == 3
    assert folders(project, made_by) == []
    assert pushed_names(made_by) == []


def test_a_killed_one_leaves_nothing_after_the_next_command(project: RealProject) -> None:
    with project.start(*PULL) as process:
        made_by = until(process, "pulls, round 1")
        process.send_signal(signal.SIGKILL)
        process.communicate()
    left = folders(project, made_by)
    assert {folder.name.partition("-")[0] for folder in left} == {"registry", "engine"}
    assert all(processes(folder) for folder in left)

    again = project.slimbench("build")

    assert again.exit_code == 0, again.errors
    assert [processes(folder) for folder in left] == [[], []]
    assert folders(project, made_by) == []
    assert pushed_names(made_by) == []
    record = load(Workspace.of(project.root).record)
    assert {row.status for row in record.variants} == {"measured"}


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_pushing_ends_it_in_order(
    project: RealProject, number: signal.Signals, exit_code: int
) -> None:
    with project.start(*PULL) as process:
        made_by = until(process, "pulls: push")
        process.send_signal(number)
        process.communicate(timeout=60)
    assert process.returncode == exit_code
    assert folders(project, made_by) == []
    assert pushed_names(made_by) == []
