"""The action on a real engine, from its installation to its summary: a job for each variant."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from ci_steps import REPOSITORY, Ran, Runner
from real_project import VARIANTS, RealProject

from bench.record import load
from bench.record_types import Record

pytestmark = pytest.mark.engine

NOT_CHECKED_OUT = (".*", "*.egg-info", "build", "dist", "artifacts", "__pycache__", "shared")


def checked_out(project: RealProject, folder: Path) -> Path:
    """A fresh checkout of a user's repository; its models are exported already, to save time."""
    shutil.copytree(project.root, folder)
    for record in (folder / ".slimbench").glob("record*.json"):
        record.unlink()
    (folder / ".gitignore").write_text(".slimbench/\nartifacts/\n")
    for words in (("init", "--quiet"), ("add", "--all")):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def toolkit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository as it is checked out beside the user's."""
    folder = tmp_path_factory.mktemp("toolkit") / "toolkit"
    shutil.copytree(REPOSITORY, folder, ignore=shutil.ignore_patterns(*NOT_CHECKED_OUT))
    shutil.copytree(REPOSITORY / ".github", folder / ".github")
    return folder


@pytest.fixture(scope="module")
def temporary(
    real_project: RealProject, toolkit: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The jobs' temporary folder after the first one: with slimbench installed, and the jobs."""
    folder = tmp_path_factory.mktemp("temporary")
    checkout = checked_out(real_project, tmp_path_factory.mktemp("list") / "checkout")
    ended = list(Runner(checkout, folder).action(toolkit, do="list"))
    assert [ran.exit_code for ran in ended] == [0, 0], ended[-1].output
    return folder


@pytest.fixture(scope="module")
def report(
    real_project: RealProject, temporary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Runner:
    """The machine of the last job, after all have ended; its first report is the base's."""
    variants = json.loads(Runner(temporary, temporary).outputs()["variants"])
    for name in variants:
        checkout = checked_out(real_project, tmp_path_factory.mktemp(name) / "checkout")
        without_install(Runner(checkout, temporary), do="measure", variant=name)
    last = Runner(checked_out(real_project, tmp_path_factory.mktemp("last") / "main"), temporary)
    without_install(last, do="report", base="nowhere")
    shutil.copytree(last.checkout / "reports", last.checkout / ".base" / "reports")
    (temporary / "summary").unlink()
    without_install(last, do="report", base=".base")
    return last


def without_install(runner: Runner, **given: str) -> list[Ran]:
    ended = list(runner.action(without=("Install",), **given))
    assert [ran.exit_code for ran in ended] == [0] * len(ended), ended[-1].output
    return ended


def record_of(runner: Runner, name: str) -> Record:
    return load(runner.work / "records" / f"{name}.json")


def test_every_job_measured_its_variant_and_the_reference(report: Runner) -> None:
    for name in VARIANTS:
        rows = {row.name: row.status for row in record_of(report, name).variants}
        assert {one for one, status in rows.items() if status == "measured"} == {name, "onnx"}


def test_the_record_is_of_all_jobs(report: Runner) -> None:
    record = load(report.work / "report" / "record.json")
    assert [(row.name, row.status, row.part) for row in record.variants] == [
        (name, "measured", name) for name in VARIANTS
    ]
    assert [row.samples for row in record.variants] == [
        {row.name: row for row in record_of(report, name).variants}[name].samples
        for name in VARIANTS
    ]


def test_the_summary_tells_the_change_and_the_whole_report(report: Runner) -> None:
    comment = (report.work / "report" / "comment.md").read_text()
    assert "no published record" not in comment
    assert "No change: every exact figure is the same" in comment  # the base is this very run
    assert "limits hold" in comment
    assert report.summary.startswith(comment)
    assert "measured in 2 runs" in report.summary
    assert "<summary>comparison.md</summary>" in report.summary
    assert (report.work / "report" / "junit.xml").exists()
