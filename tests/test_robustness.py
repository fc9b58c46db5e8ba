"""Measuring on a real engine while things go wrong: nothing finished is lost, nothing is left."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engine_proxy import engine_proxy
from real_project import VARIANTS, Ended, RealProject, ended, networks_of
from tiny_image import write_context

from bench import conversation, rows
from bench.measuring import measure
from bench.record import load
from bench.record_types import BaseFact, BuildFact, Record
from bench.rounds import rounds
from bench.run import Run, begin
from builders.engine import BuildRequest
from builders.prepare import Project
from builders.workspace import Workspace

pytestmark = pytest.mark.engine

ROUNDS = 4
REFERENCE = VARIANTS[0]


def record_of(project: RealProject) -> Record:
    return load(Workspace.of(project.root).record)


def places(record: Record) -> list[tuple[int, int, str]]:
    taken = ((one, row.name) for row in record.variants for one in row.samples)
    return sorted((sample.round, sample.position, name) for sample, name in taken)


def planned(record: Record) -> list[tuple[int, int, str]]:
    orders = rounds(record.sampled, ROUNDS, record.conditions.seed)
    return [(n, place, name) for n, order in enumerate(orders) for place, name in enumerate(order)]


def leftovers(project: RealProject, command: Ended) -> list[str]:
    return [*project.containers(), *networks_of(command.pid)]


def four_rounds(content: dict[str, Any]) -> None:
    content["measurement"].update(fewest_cold_starts=ROUNDS, most_cold_starts=ROUNDS)


@pytest.fixture
def project(real_project: RealProject, tmp_path: Path) -> RealProject:
    return real_project.copy(tmp_path / "project", four_rounds)


def until(process: subprocess.Popen[str], beginning: str) -> None:
    """Read what it says until a line begins so."""
    assert process.stderr is not None
    said = next((line for line in process.stderr if line.startswith(beginning)), None)
    assert said is not None, f"it never came to {beginning!r}"


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_a_usable_record_that_goes_on(
    project: RealProject, number: signal.Signals, exit_code: int
) -> None:
    with project.start("bench") as process:
        until(process, "round 2 of at most 4")
        process.send_signal(number)
        command = ended(process)
    assert command.exit_code == exit_code
    assert command.errors.splitlines()[-1].startswith("interrupted: 2 rounds are saved in ")
    assert command.errors.rstrip().endswith("; `slimbench bench --resume` goes on")
    assert leftovers(project, command) == []
    before = record_of(project)
    assert {row.status for row in before.variants} == {"verified"}
    assert before.stop is None
    assert places(before) == planned(before)[: len(places(before))]
    assert not list(Workspace.of(project.root).record.parent.glob(".*.partial"))
    command = project.slimbench("bench", "--resume", "--json")
    assert (command.exit_code, leftovers(project, command)) == (0, []), command.errors
    record = record_of(project)
    assert places(record) == planned(record)
    assert record.started_at == before.started_at
    assert [line for line in command.errors.splitlines() if line.startswith("images")] == []


def test_killed_at_any_moment_it_goes_on_and_leaves_nothing(project: RealProject) -> None:
    wait = random.Random(20240613)
    kept: list[tuple[int, int, str]] = []
    for kill in range(4):
        with project.start("bench", "--resume") as process:
            if kill == 0:  # one is sure to meet rounds, however slow the machine is
                until(process, "round 2 of at most 4")
            time.sleep(wait.uniform(0, 5))
            process.kill()
            ended(process)
        path = Workspace.of(project.root).record
        if path.exists():
            now = load(path)
            assert places(now)[: len(kept)] == kept
            kept = places(now)
    command = project.slimbench("bench", "--resume")
    assert command.exit_code == 0, command.errors
    record = record_of(project)
    assert kept
    assert places(record) == planned(record)
    assert leftovers(project, command) == []


def test_the_table_so_far_can_be_had_from_elsewhere(project: RealProject) -> None:
    with project.start("bench") as process:
        until(process, "round 2 of at most 4")
        printed = project.slimbench("report", "--format", "json")
        written = project.slimbench("report", "--out", str(project.root / "so-far"))
        command = ended(process)
    assert command.exit_code == 0, command.errors
    assert (printed.exit_code, written.exit_code) == (0, 0), printed.errors + written.errors
    for row in printed.json():
        assert 2 <= row["cold_start_ms"]["n"] <= ROUNDS
    assert (project.root / "so-far" / "comparison.md").stat().st_size > 0


TROUBLE = {
    "hangs": "it wrote no line within 3 s while answering predict",
    "garbage": "wrote '\\x00 no JSON' where result was due while answering predict",
    "memory": "ended with exit code 137 (out of memory at 512 MiB) while answering predict",
    "ends": "ended with exit code 3 while answering predict",
    "wrong": "00-rgb-320x240.jpg: request 3 was answered wrong: ",
}


def add_troubled(content: dict[str, Any]) -> None:
    onnx = content["variants"][REFERENCE]
    onnx["dockerfile"] = "dockerfiles/onnx.Dockerfile"
    content["variants"].update({name: {**onnx, "changed": name} for name in TROUBLE})
    content["limits"]["memory"] = "512MiB"


@pytest.fixture
def troubled(
    real_project: RealProject, session_labels: dict[str, str], tmp_path: Path
) -> tuple[RealProject, Record]:
    """A project whose variants, but for the first two, each have an image that gives trouble."""
    project = real_project.copy(tmp_path / "project", add_troubled)
    service = (Path(__file__).parent / "troubled_service.py").read_bytes()
    images = {name: real_project.image(name).image_id for name in VARIANTS}
    for kind in TROUBLE:
        entry = json.dumps(["python", "/trouble.py", kind])
        text = f"FROM {images[REFERENCE]}\nCOPY trouble.py /trouble.py\nENTRYPOINT {entry}\n"
        files = {"Dockerfile": text.encode(), "trouble.py": service}
        context = write_context(tmp_path / f"{kind}.tar", files)
        wanted = BuildRequest(context, "Dockerfile", f"slimbench-test/{kind}", session_labels)
        images[kind] = project.engine.build(wanted, lambda _: None).image_id
    return project, verified(project, images)


def verified(project: RealProject, images: dict[str, str]) -> Record:
    """A record as it is after verifying; the trouble shows in timed requests alone."""
    record = begin(a_run(project))
    base = BaseFact(source="pull", reference="", reason="")
    for name, image_id in images.items():
        build = BuildFact(
            image_id=image_id,
            tag=name,
            base=base,
            context_digest="",
            up_to_date=True,
            seconds=0,
        )
        row = rows.row_of(record, name).model_copy(update={"status": "verified", "build": build})
        record = rows.with_row(record, row)
    return record


def a_run(project: RealProject) -> Run:
    matrix, workspace = project.matrix, Workspace.of(project.root)
    quiet: Callable[..., None] = lambda text, share=None: None  # noqa: E731
    return Run(Project(project.engine, matrix, matrix.variants, workspace, 1, quiet), None)


def test_containers_that_give_trouble_are_rows_with_their_reasons(
    troubled: tuple[RealProject, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "ANSWER_TIMEOUT_S", 3)
    project, record = troubled
    record = measure(a_run(project), record)
    assert load(Workspace.of(project.root).record).variants[0].samples
    for row in record.variants:
        if row.name in VARIANTS:
            assert (row.status, len(row.samples), row.reason) == ("measured", 2, "")
        else:
            assert (row.status, row.failed_step, row.samples) == ("failed", "measure", ())
            assert TROUBLE[row.name] in row.reason
    assert project.containers() == []
    wrong = rows.row_of(record, "wrong").reason
    assert "; expected class " in wrong
    assert ", got class " in wrong


def test_usage_phases_and_disturbances_are_there_on_this_kernel(
    real_project: RealProject, tmp_path: Path
) -> None:
    project = real_project.copy(tmp_path / "project", lambda content: None)
    images = {name: real_project.image(name).image_id for name in VARIANTS}
    run = a_run(project)
    if not run.one_kernel:
        pytest.skip("the engine runs on another kernel")
    record = measure(run, verified(project, images))
    for sample in (sample for row in record.variants for sample in row.samples):
        used, phases = sample.usage, sample.phases
        assert used.cold_cpu_ns is not None
        assert 10**7 < used.cold_cpu_ns < phases.total_ns * 4
        assert used.steady_cpu_ns is not None
        assert used.steady_cpu_ns > 10**6
        assert used.cold_peak_rss_bytes is not None
        assert 10**7 < used.cold_peak_rss_bytes <= sample.peak_rss_bytes
        assert used.docker_stats_bytes is not None
        assert used.docker_stats_bytes > 10**7
        assert phases.create_ns is not None
        assert 0 < phases.create_ns < phases.launch_ns
        start, requests = sample.disturbances
        assert (start.part, requests.part) == ("start", "requests")
        assert start.other_cpu_share is not None


@pytest.fixture
def cut_off(project: RealProject, tmp_path: Path) -> Iterator[Ended]:
    """A run whose engine goes away during a sample and comes back three seconds later."""
    with engine_proxy(tmp_path / "engine.sock") as proxy:
        environment = {"DOCKER_HOST": proxy.address}
        with replace(project, environment=environment).start("bench", "--json") as process:
            until(process, "round 1 of at most 4")
            while not project.containers():
                time.sleep(0.01)
            proxy.down()
            time.sleep(3)
            proxy.up()
            yield ended(process)


def test_an_engine_that_goes_away_and_comes_back(project: RealProject, cut_off: Ended) -> None:
    assert "the engine doesn't answer; waiting for it" in cut_off.errors
    assert leftovers(project, cut_off) == []
    record = record_of(project)
    failed = [row for row in record.variants if row.status == "failed"]
    assert [row.reason for row in failed] == ["the engine went away while it was measured"]
    assert cut_off.exit_code == 1
    assert len(failed[0].samples) == 1
    (other,) = (row for row in record.variants if row.status == "measured")
    assert len(other.samples) == ROUNDS
