"""Services and commands of the user's own on a real engine, from `slimbench run` to the page."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from own_project import COMMAND, HTTP, write_own_project
from real_project import RealProject, docker
from whole_line import by_name

from bench.record import load
from bench.record_types import Record
from builders.engine import Engine
from builders.labels import KIND_SERVICE, MATRIX

pytestmark = pytest.mark.engine

BROKEN = ("wrong", "exits", "unready", "local", "silent", "text")


@pytest.fixture
def own(engine: Engine, tmp_path: Path) -> Iterator[Any]:
    """Makes projects, and takes away what they built."""
    made: list[RealProject] = []

    def make(service: dict[str, Any], *modes: str, **more: Any) -> RealProject:
        root = tmp_path / f"own-{uuid.uuid4().hex[:12]}"
        made.append(write_own_project(root, engine, service, modes, **more))
        return made[-1]

    yield make
    for project in made:
        engine.remove_labelled({MATRIX: project.matrix.digest})


def record_of(project: RealProject) -> Record:
    return load(project.root / ".slimbench" / "record.json")


def nothing_runs(project: RealProject) -> bool:
    words = ("--filter", f"label=io.slimbench.kind={KIND_SERVICE}", "--format", "{{.Image}}")
    running = docker("ps", "-a", *words).output.split()
    ours = {row.build.image_id for row in record_of(project).variants if row.build is not None}
    return not ours & set(running)


def test_a_service_over_http_from_run_to_page(own: Any) -> None:
    project = own(HTTP, "right", "stubborn")
    ran = project.slimbench("run", "--out", str(project.root / "pages"))
    assert ran.exit_code == 0, ran.errors
    for row in record_of(project).variants:
        assert (row.status, len(row.samples)) == ("measured", 2)
        assert row.image is not None
        for sample in row.samples:
            assert sample.peak_rss_bytes is not None
            assert sample.phases.ready_ns is not None
            assert (sample.phases.stop_ns is None) == (row.name == "stubborn")
    page = (project.root / "pages" / "comparison.md").read_text(encoding="utf-8")
    assert "| `stubborn`" in page
    assert "Every container got one request `POST /predict`" in page
    assert nothing_runs(project)


def test_a_command_from_run_to_page(own: Any) -> None:
    project = own(COMMAND, "right", "again")
    ran = project.slimbench("run", "--out", str(project.root / "pages"))
    assert ran.exit_code == 0, ran.errors
    for row in record_of(project).variants:
        assert (row.status, len(row.samples)) == ("measured", 2)
        assert all(sample.peak_rss_bytes for sample in row.samples)
        assert all(len(sample.latency_ns) == 1 for sample in row.samples)
    page = (project.root / "pages" / "comparison.md").read_text(encoding="utf-8")
    assert "one command with the arguments `/data/flower.json`" in page
    assert nothing_runs(project)


def test_whatever_goes_wrong_is_a_row_and_the_others_go_on(own: Any) -> None:
    project = own(HTTP, "right", *BROKEN)
    ran = project.slimbench("bench", "--no-scenarios")
    assert ran.exit_code == 1
    rows = by_name(record_of(project))
    assert rows["right"].status == "measured"
    reasons = {mode: rows[mode].reason for mode in BROKEN}
    assert '$.species is "rose" instead of "setosa"' in reasons["wrong"]
    assert "after writing: no model found" in reasons["exits"]
    assert "wasn't ready within 4 s: GET /health gives 503" in reasons["unready"]
    assert "nobody answers on port 5000; it must listen there on 0.0.0.0" in reasons["local"]
    assert "was silent for 4 s instead of answering POST /predict" in reasons["silent"]
    assert "the answer is no JSON: 'no JSON'" in reasons["text"]
    for mode in BROKEN:
        assert mode in ran.errors
    assert nothing_runs(project)


def test_a_command_that_hangs_or_fails_is_a_row(own: Any) -> None:
    project = own(COMMAND, "right", "silent", "exits")
    assert project.slimbench("verify").exit_code == 1
    rows = by_name(record_of(project))
    assert rows["right"].status == "verified"
    assert "ran longer than 4 s" in rows["silent"].reason
    assert "exit code 1 instead of 0, saying 'no model found'" in rows["exits"].reason
    assert nothing_runs(project)


def test_less_can_be_given_to_all_containers(own: Any) -> None:
    least = {"user": "65532:65532", "read_only": True, "tmpfs": ["/tmp"], "capabilities": "none"}
    project = own({**HTTP, "container": least}, "right")
    assert project.slimbench("verify").exit_code == 0
    asked = record_of(project).asked
    assert asked is not None
    assert (asked.user, asked.read_only, asked.capabilities) == ("65532:65532", True, "none")


def test_an_image_that_is_there_is_measured_and_stays(own: Any, engine: Engine) -> None:
    project = own(HTTP, "right")
    assert project.slimbench("build").exit_code == 0
    built = record_of(project).variants[0].build
    assert built is not None
    theirs = f"somebody-{uuid.uuid4().hex[:12]}/theirs:1"
    engine.tag(built.image_id, theirs)
    try:
        second = own(HTTP, "right", "theirs", theirs={"image": theirs})
        text = (second.root / "variants.yaml").read_text(encoding="utf-8")
        text = text.replace(
            "    changed: theirs\n    build_args:\n      MODE: theirs\n", "    changed: theirs\n"
        )
        (second.root / "variants.yaml").write_text(text, encoding="utf-8")
        ran = second.slimbench("bench", "--no-scenarios")
        assert ran.exit_code == 0, ran.errors
        row = by_name(record_of(second))["theirs"]
        assert row.build is not None
        assert (row.status, row.build.image_id) == ("measured", built.image_id)
        assert theirs in engine.tags()
    finally:
        engine.remove_name(theirs)


def test_a_second_build_does_nothing_whatever_the_first_run_wrote(own: Any) -> None:
    project = own(HTTP, "right")
    assert project.slimbench("verify").exit_code == 0
    again = project.slimbench("build", "--json")
    assert [row["up_to_date"] for row in again.json()] == [True]


def test_every_stage_carries_our_label(own: Any) -> None:
    project = own(HTTP, "right")
    (project.root / "Dockerfile").write_text(
        "FROM scratch AS build\nCOPY app.py /\nFROM scratch\nCOPY --from=build /app.py /app.py\n"
    )
    assert project.slimbench("build").exit_code == 0
    log = (project.root / ".slimbench/logs/right.log").read_text(encoding="utf-8")
    steps = re.findall(r"^ ---> ([0-9a-f]{12})$", log, flags=re.MULTILINE)
    assert len(steps) >= 4  # a label and a copy in each stage, and the labels of the request
    told = docker("inspect", "--format", '{{index .Config.Labels "io.slimbench.kind"}}', *steps)
    assert told.output.split() == ["variant"] * len(steps)


def test_a_base_that_no_registry_has_is_one_sentence(own: Any) -> None:
    project = own(HTTP, "right", "absent")
    name = f"127.0.0.1:1/absent-{uuid.uuid4().hex[:12]}:1"
    (project.root / "absent.Dockerfile").write_text(f"FROM {name}\n")
    text = (project.root / "variants.yaml").read_text(encoding="utf-8")
    text = text.replace("changed: absent", "changed: absent\n    dockerfile: absent.Dockerfile")
    (project.root / "variants.yaml").write_text(text, encoding="utf-8")
    assert project.slimbench("build").exit_code == 1
    row = by_name(record_of(project))["absent"]
    assert row.reason == (
        f"absent.Dockerfile: FROM {name}: it can't be pulled: no registry answers; load it into the"
        " engine, or take a 'base' of the matrix"
    )
