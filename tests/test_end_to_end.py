"""The command line on a real engine, as a user types it: the main job, and trouble."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from real_project import MEASUREMENT, VARIANTS, Ended, RealProject, ended, networks_of

from bench.record import load
from builders.labels import MATRIX, VARIANT
from builders.plan import tag
from builders.workspace import Workspace

pytestmark = pytest.mark.engine

REPORT_KEYS = {
    *("variant", "status", "reason", "size_bytes", "compressed_bytes", "layers", "tools"),
    *("cold_start_ms", "latency_ms", "peak_memory_bytes", "outputs_match", "max_abs_diff"),
}


def record_file(project: RealProject) -> Path:
    return Workspace.of(project.root).record


def leftovers(project: RealProject, command: Ended) -> list[str]:
    """Containers and networks that the command left behind."""
    return [*project.containers(), *networks_of(command.pid)]


@pytest.fixture(scope="module")
def run(real_project: RealProject) -> Ended:
    """The main job, done once; its reports lie in the folder `published`."""
    return real_project.slimbench("run", "--out", str(real_project.root / "published"))


def test_the_main_job_measures_every_variant_and_leaves_nothing(
    real_project: RealProject, run: Ended
) -> None:
    assert run.exit_code == 0, run.errors
    assert leftovers(real_project, run) == []
    rows = json.loads((real_project.root / "published" / "comparison.json").read_text())
    assert [row["variant"] for row in rows] == list(VARIANTS)
    requests = MEASUREMENT["most_cold_starts"] * MEASUREMENT["requests"]
    for row in rows:
        assert set(row) >= REPORT_KEYS
        assert (row["status"], row["reason"], row["outputs_match"]) == ("measured", "", True)
        assert row["cold_start_ms"]["n"] == MEASUREMENT["most_cold_starts"]
        assert row["cold_start_ms"]["median"] > 0
        assert row["latency_ms"]["n"] == requests
        assert row["latency_ms"]["p50"] > 0
        assert 0 < row["compressed_bytes"] < row["size_bytes"]
        assert row["peak_memory_bytes"] > 0
        assert row["layers"] > 0
        assert row["max_abs_diff"] <= 1e-4


def test_the_main_job_takes_imports_apart_and_measures_throughput(
    real_project: RealProject, run: Ended
) -> None:
    asked = MEASUREMENT["scenarios"]
    wanted = {(n, size) for n in asked["threads"] for size in asked["batches"]}
    rows = {row.name: row for row in load(real_project.root / "published/record.json").variants}
    for name in VARIANTS:
        assert rows[name].missing == ()
        assert {(one.threads, one.batch) for one in rows[name].throughput} == wanted
        assert all(one.threads == one.threads_used for one in rows[name].throughput)
        assert len(rows[name].imports) == 3
        assert all({"onnxruntime", "numpy"} <= set(one.self_ns) for one in rows[name].imports)


def test_what_was_dropped_shows_in_the_comparison(real_project: RealProject, run: Ended) -> None:
    onnx, distroless = json.loads((real_project.root / "published" / "comparison.json").read_text())
    assert distroless["size_bytes"] < onnx["size_bytes"]
    assert set(distroless["tools"]) < set(onnx["tools"])
    text = (real_project.root / "published" / "comparison.md").read_text()
    assert all(f"| `{name}` " in text for name in VARIANTS)


def test_a_report_of_the_same_record_is_the_same_bytes(
    real_project: RealProject, run: Ended
) -> None:
    again = real_project.slimbench("report", "--out", str(real_project.root / "again"))
    assert again.exit_code == 0, again.errors
    for name in ("comparison.md", "comparison.json"):
        first = (real_project.root / "published" / name).read_bytes()
        assert (real_project.root / "again" / name).read_bytes() == first
    printed = real_project.slimbench("report", "--format", "json")
    assert printed.output == (real_project.root / "published" / "comparison.json").read_text()


def test_building_again_builds_nothing(real_project: RealProject, run: Ended) -> None:
    names = (*VARIANTS, "exporter", "base-full", "base-slim", "base-distroless")
    before = [real_project.image(name).image_id for name in names]
    again = real_project.slimbench("build", "--json")
    assert again.exit_code == 0, again.errors
    assert [(row["variant"], row["up_to_date"]) for row in again.json()] == [
        (name, True) for name in VARIANTS
    ]
    assert [real_project.image(name).image_id for name in names] == before
    kept = load(record_file(real_project))
    assert {row.status for row in kept.variants} == {"measured"}


def add_broken(content: dict[str, Any]) -> None:
    """A variant whose Dockerfile fails after it has said something."""
    content["variants"]["broken"] = {**content["variants"]["onnx"], "changed": "nothing works"}


def test_a_failing_dockerfile_is_a_row_with_its_reason_and_the_others_go_on(
    real_project: RealProject, tmp_path: Path
) -> None:
    project = real_project.copy(tmp_path / "project", add_broken)
    text = "ARG BASE\nFROM ${BASE}\nRUN echo the disk is on fire >&2 && false\n"
    (project.root / "dockerfiles" / "broken.Dockerfile").write_text(text)
    command = project.slimbench("run", "--out", str(tmp_path / "published"))
    assert command.exit_code == 1
    assert "Traceback" not in command.errors
    assert "error: broken: build: dockerfiles/broken.Dockerfile" in command.errors
    rows = {row["variant"]: row for row in json.loads(published_json(tmp_path))}
    assert [rows[name]["status"] for name in VARIANTS] == ["measured", "measured"]
    assert rows["broken"]["status"] == "failed"
    assert "its last line: the disk is on fire" in rows["broken"]["reason"]
    assert leftovers(project, command) == []


def published_json(folder: Path) -> str:
    return (folder / "published" / "comparison.json").read_text()


SLOW = ("slow-a", "slow-b", "slow-c")


def add_slow(content: dict[str, Any]) -> None:
    onnx = content["variants"]["onnx"]
    content["variants"].update({name: {**onnx, "changed": name} for name in SLOW})


def test_a_killed_build_begins_no_further_one_and_leaves_nothing(
    real_project: RealProject, tmp_path: Path
) -> None:
    project = real_project.copy(tmp_path / "project", add_slow)
    for name in SLOW:
        text = f"ARG BASE\nFROM ${{BASE}}\nRUN echo {name} && sleep 5\n"
        (project.root / "dockerfiles" / f"{name}.Dockerfile").write_text(text)
    log = Workspace.of(project.root).log(SLOW[0])
    try:
        with project.start("build", "--jobs", "1", "--only", ",".join(SLOW)) as process:
            while process.poll() is None and not (log.exists() and "Running in" in log.read_text()):
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            command = ended(process)
        assert command.exit_code == 128 + signal.SIGTERM
        assert networks_of(command.pid) == []
        assert [project.engine.image(tag(name)) for name in SLOW[1:]] == [None, None]
    finally:
        for name in SLOW:
            project.engine.remove_labelled({VARIANT: name, MATRIX: project.matrix.digest})
