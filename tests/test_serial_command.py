"""`slimbench run --serial` on a real engine: one variant's image at a time, none of others'."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from real_project import RealProject, ended, networks_of

from bench.record import load
from builders.labels import KIND, KIND_VARIANT, MATRIX, VARIANT
from builders.plan import tag

pytestmark = pytest.mark.engine

OWN = ("serial-a", "serial-b")  # images of these names are this test's alone


def add_own(content: dict[str, Any]) -> None:
    for name in OWN:
        content["variants"][name] = {**content["variants"]["distroless-onnx"], "disk": "1GiB"}
        content["variants"][name]["changed"] = name


@pytest.fixture
def project(real_project: RealProject, tmp_path: Path) -> Iterator[RealProject]:
    """A copy of the project with two more variants, whose images and stages nobody has."""
    made = real_project.copy(tmp_path / "project", add_own)
    text = (made.root / "dockerfiles" / "distroless-onnx.Dockerfile").read_text()
    for name in OWN:
        own = text.replace("RUN python3 /tmp/prune.py", f"RUN echo {name} && python3 /tmp/prune.py")
        assert own != text
        (made.root / "dockerfiles" / f"{name}.Dockerfile").write_text(own)
    yield made
    for name in OWN:
        made.engine.remove_labelled({VARIANT: name, MATRIX: made.matrix.digest})


def own_images(project: RealProject) -> frozenset[str]:
    found = project.engine.images({KIND: KIND_VARIANT})
    return frozenset(image.labels[VARIANT] for image in found) & frozenset(OWN)


def test_variants_come_and_go_one_by_one(project: RealProject, tmp_path: Path) -> None:
    kept = project.image("onnx").image_id
    before = project.engine.stored({KIND: ""})
    seen: set[frozenset[str]] = set()
    words = ("run", "--serial", "--disk", "500G", "--only", "serial-*", "--out", str(tmp_path))
    with project.start(*words) as process:
        while process.poll() is None:
            seen.add(own_images(project))
            time.sleep(0.2)
        command = ended(process)
    assert command.exit_code == 0, command.errors
    assert {frozenset({name}) for name in OWN} <= seen
    assert frozenset(OWN) not in seen
    assert own_images(project) == frozenset()
    assert project.image("onnx").image_id == kept
    left = project.engine.stored({KIND: ""})
    assert before.ids <= left.ids  # others build here too
    assert [project.containers(), networks_of(command.pid)] == [[], []]

    record = load(tmp_path / "record.json")
    assert [part.name for part in record.parts] == ["onnx", *OWN]
    rows = {row.name: row for row in record.variants if row.status != "pending"}
    assert [(row.status, row.part) for row in rows.values()] == [
        ("measured", name) for name in ("onnx", *OWN)
    ]
    told = {row["variant"]: row for row in json.loads((tmp_path / "comparison.json").read_text())}
    assert told["serial-a"]["outputs_match"] is True
    assert told["serial-a"]["compared_with"] == {}
    assert set(told["serial-a"]["not_compared_with"]) == {"onnx", "serial-b"}


def test_too_little_allowed_is_told_before_anything_is_built(project: RealProject) -> None:
    command = project.slimbench("run", "--serial", "--disk", "100M", "--only", "serial-a")
    assert command.exit_code == 2
    assert "--disk allows 0.1 GiB, and building serial-a needs 1.0 GiB;" in command.errors
    assert project.engine.image(tag("serial-a")) is None


def test_what_is_there_counts_and_the_failed_row_says_it(
    project: RealProject, tmp_path: Path
) -> None:
    command = project.slimbench(
        *("run", "--serial", "--disk", "1G", "--only", "serial-a", "--out", str(tmp_path))
    )
    assert command.exit_code == 1
    assert "error: serial-a: build: serial-a: building needs 1.0 GiB" in command.errors
    assert "of the 1.0 GiB that --disk allows" in command.errors
    rows = {row.name: row.status for row in load(tmp_path / "record.json").variants}
    assert (rows["onnx"], rows["serial-a"]) == ("measured", "failed")
