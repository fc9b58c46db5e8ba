"""Exported models: whole or made again, and what the exporter's container may do."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_project import SmallProject, make

from builders import models
from builders.engine import ContainerSpec
from builders.errors import ExportFailed
from builders.labels import CONTEXT
from builders.matrix import WeightsFile


def failing(spec: ContainerSpec) -> Generator[Any, Any, int]:
    yield from (f"line {number}" for number in range(9))
    return 3


def exporter_of(small: SmallProject, context: str = "sha256:c", samples: int = 3) -> Any:
    image = small.engine.add_image("slimbench/exporter", labels={CONTEXT: context})
    return models.Exporter(image, samples)


def ensure(small: SmallProject, exporter: models.Exporter) -> Any:
    return models.ensure(small.engine, small.matrix, "tiny", exporter, small.workspace)


def exports(small: SmallProject) -> list[ContainerSpec]:
    return [call[1] for call in small.engine.calls if call[0] == "create"]  # type: ignore[misc]


@pytest.fixture
def small(tmp_path: Path) -> SmallProject:
    return make(tmp_path)


def test_a_model_is_exported_once(small: SmallProject) -> None:
    exporter = exporter_of(small)
    first, second = ensure(small, exporter), ensure(small, exporter)
    assert first == second
    assert (first.weights, first.seed) == ("seeded", 7)
    assert len(exports(small)) == 1


@pytest.mark.parametrize(("context", "samples"), [("sha256:d", 3), ("sha256:c", 4)])
def test_what_decides_an_export_repeats_it(small: SmallProject, context: str, samples: int) -> None:
    ensure(small, exporter_of(small))
    ensure(small, exporter_of(small, context, samples))
    assert len(exports(small)) == 2


def test_the_content_of_a_weights_file_counts(small: SmallProject) -> None:
    exporter, weights = exporter_of(small), small.root / "own.pt"
    model = small.matrix.models["tiny"].model_copy(update={"weights": WeightsFile(file="own.pt")})
    keys = set()
    for content in (b"one", b"two", b"one"):
        weights.write_bytes(content)
        keys.add(exporter.key("tiny", model, small.root))
    assert len(keys) == 2


def test_only_weights_from_the_internet_get_a_network(small: SmallProject) -> None:
    exporter = exporter_of(small)
    ensure(small, exporter)
    (small.root / "own.pt").write_bytes(b"weights")
    text = (small.root / "variants.yaml").read_text()
    for weights in ("pretrained", "{file: own.pt}"):
        changed = text.replace("weights: seeded", f"weights: {weights}")
        (small.root / "variants.yaml").write_text(changed)
        ensure(small, exporter)
    seeded, pretrained, own = exports(small)
    assert [spec.network for spec in (seeded, pretrained, own)] == ["none", "bridge", "none"]
    assert [mount.read_only for mount in own.mounts] == [False, True]
    assert "--weights=file:/weights" in own.command


def test_a_failed_export_is_told_with_its_end_and_its_log(tmp_path: Path) -> None:
    small = make(tmp_path, {"slimbench/exporter:latest": failing})
    with pytest.raises(ExportFailed) as caught:
        ensure(small, exporter_of(small))
    assert "the exporter ended with 3: line 6 / line 7 / line 8" in str(caught.value)
    assert str(small.workspace.log("export-tiny")) in caught.value.next_step
    assert small.workspace.log("export-tiny").read_text().startswith("line 0\n")


@pytest.mark.parametrize("text", ["", "[]", '"text"', "{}", "no json"])
def test_a_manifest_that_cannot_be_used_says_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ExportFailed, match="the manifest can't be used") as caught:
        models.read("tiny", tmp_path)
    assert caught.value.where == str(tmp_path / "manifest.json")
    assert not models.is_whole(tmp_path)


@pytest.mark.parametrize("name", ["model.onnx", "class_names.txt"])
def test_a_missing_artefact_is_not_whole(small: SmallProject, name: str) -> None:
    folder = ensure(small, exporter_of(small)).folder
    assert models.is_whole(folder)
    (folder / name).unlink()
    assert not models.is_whole(folder)


def test_the_manifest_is_what_the_exporter_wrote(small: SmallProject) -> None:
    found = ensure(small, exporter_of(small))
    assert json.loads((found.folder / "manifest.json").read_text())["sha256"] == found.sha256


def test_an_int8_file_is_asked_for_where_a_variant_needs_it(small: SmallProject) -> None:
    plain = exporter_of(small)
    ensure(small, plain)
    assert "--int8" not in exports(small)[-1].command
    with_int8 = replace(plain, int8=True)
    ensure(small, with_int8)  # the folder is whole, but lacks the file
    assert exports(small)[-1].command[-1] == "--int8"


def test_an_int8_file_that_no_variant_needs_any_more_stays(small: SmallProject) -> None:
    exporter = exporter_of(small)
    folder = ensure(small, exporter).folder
    (folder / "model.int8.onnx").touch()
    ensure(small, replace(exporter, int8=True))
    ensure(small, exporter)
    assert len(exports(small)) == 1


def test_sizes_and_preprocessing_come_from_the_manifest(small: SmallProject) -> None:
    found = ensure(small, exporter_of(small))
    assert found.size_bytes == {"model.onnx": 4, "class_names.txt": 8}
    assert found.preprocessing == {"crop_size": 224, "mean": [0.5, 0.5, 0.5]}
