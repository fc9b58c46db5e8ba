"""From matrix to images on the in-memory engine: what is built, what isn't, and what fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_project import BASE, SmallProject, make

from builders import labels, wheelhouse
from builders.build import build_all
from builders.built import BuildOutcome, BuiltImage, FailedBuild
from builders.engine import ContainerSpec
from builders.errors import ConfigurationError, DiskFull, ExportFailed
from builders.fake_engine import FAKE_INFO, FakeEngine
from builders.matrix_file import load_matrix
from builders.prepare import prepare


@pytest.fixture
def small(tmp_path: Path) -> SmallProject:
    return make(tmp_path)


def build(small: SmallProject) -> dict[str, BuildOutcome]:
    prepared = prepare(small.project())
    outcomes = list(prepared.failures)
    if prepared.builder is not None:
        outcomes += build_all(small.engine, prepared.plans, prepared.builder)
    return {outcome.variant.name: outcome for outcome in outcomes}


def test_everything_is_built_once_in_the_order_of_needs(small: SmallProject) -> None:
    outcomes = build(small)
    assert all(isinstance(outcome, BuiltImage) for outcome in outcomes.values())
    first, second, *variants = small.builds()
    assert (first, second) == ("slimbench/base-full:latest", "slimbench/exporter:latest")
    assert sorted(variants) == ["slimbench/big:latest", "slimbench/small:latest"]


def test_a_workload_s_image_is_built_on_the_variant_s_own(small: SmallProject) -> None:
    (small.root / "serve.Dockerfile").write_text("ARG RUNG\nFROM ${RUNG}\nCOPY inference /app\n")
    text = (small.root / "variants.yaml").read_text()
    text = text.replace("defaults:\n", "defaults:\n  workloads: [predict, serve]\n")
    serve = "{dockerfile: serve.Dockerfile, requirements: set, context: [inference]}"
    (small.root / "variants.yaml").write_text(f"{text}workloads: {{serve: {serve}}}\n")
    matrix = load_matrix(small.root / "variants.yaml", "serve")
    project = replace(small.project(), matrix=matrix, variants=matrix.variants[:1])

    def images() -> list[str]:
        prepared = prepare(project)
        assert prepared.builder is not None
        small.engine.calls.clear()
        (built,) = build_all(small.engine, prepared.plans, prepared.builder)
        assert isinstance(built, BuiltImage)
        assert built.tag == "slimbench/big:serve"
        return small.builds()

    assert images() == ["slimbench/big:latest", "slimbench/big:serve"]
    assert images() == []
    (small.root / "serve.Dockerfile").write_text("ARG RUNG\nFROM ${RUNG}\nRUN true\n")
    assert images() == ["slimbench/big:serve"]
    (small.root / "set.txt").write_text("numpy==2 --hash=sha256:00\n")
    wheelhouse.folder_of(small.root / "set.txt", small.workspace.cache).mkdir(parents=True)
    assert images() == ["slimbench/big:latest", "slimbench/big:serve"]


def test_unchanged_nothing_is_built_pulled_or_started(small: SmallProject) -> None:
    build(small)
    small.engine.calls.clear()
    outcomes = build(small)
    assert small.engine.calls == []
    assert all(isinstance(o, BuiltImage) and o.up_to_date for o in outcomes.values())


@pytest.mark.parametrize(("runtime", "asked"), [("onnx", False), ("onnx-int8", True)])
def test_models_are_quantised_where_a_variant_needs_that(
    small: SmallProject, runtime: str, asked: bool
) -> None:
    path = small.root / "variants.yaml"
    small_variant = "small: {changed: less, after: big"
    path.write_text(path.read_text().replace(small_variant, f"{small_variant}, runtime: {runtime}"))
    prepare(small.project(small.matrix.variant("big")))
    commands = [call[1].command for call in small.engine.calls if call[0] == "create"]  # type: ignore[attr-defined]
    (exported,) = (command for command in commands if "--seed=7" in command)
    assert ("--int8" in exported) == asked


@pytest.mark.parametrize(
    ("changed", "rebuilt"),
    [
        ("dockerfiles/small.Dockerfile", {"slimbench/small:latest"}),
        (
            "inference/main.py",
            {"slimbench/exporter:latest", "slimbench/big:latest", "slimbench/small:latest"},
        ),
    ],
)
def test_a_change_rebuilds_what_it_reaches(
    small: SmallProject, changed: str, rebuilt: set[str]
) -> None:
    build(small)
    small.engine.calls.clear()
    with (small.root / changed).open("a") as stream:
        stream.write("# changed\n")
    build(small)
    assert set(small.builds()) == rebuilt


def test_labels_tell_what_an_image_is_and_stands_on(small: SmallProject) -> None:
    build(small)
    image = small.engine.image("slimbench/small:latest")
    assert image is not None
    assert image.labels[labels.KIND] == labels.KIND_VARIANT
    assert image.labels[labels.VARIANT] == "small"
    assert image.labels[labels.MATRIX] == small.matrix.digest
    assert image.labels[labels.CONTEXT].startswith("sha256:")
    assert image.labels[labels.BASE] == BASE
    assert image.labels[labels.BASE_SOURCE] == "pull"


def test_one_failing_build_leaves_the_others_and_names_its_log(small: SmallProject) -> None:
    dockerfile = small.root / "dockerfiles" / "small.Dockerfile"
    dockerfile.write_text("ARG BASE\nFROM ${BASE}\nRUN false\n")
    outcomes = build(small)
    assert isinstance(outcomes["big"], BuiltImage)
    failed = outcomes["small"]
    assert isinstance(failed, FailedBuild)
    assert "dockerfiles/small.Dockerfile" in str(failed.error)
    assert str(failed.log) in str(failed.error)
    assert "RUN false" in failed.log.read_text()


def test_what_cannot_be_had_fails_the_variants_that_need_it(tmp_path: Path) -> None:
    small = make(tmp_path)
    small.engine = FakeEngine(registry=None)
    outcomes = build(small)
    assert {type(outcome) for outcome in outcomes.values()} == {FailedBuild}
    assert "no registry answers" in str(outcomes["big"].error)  # type: ignore[union-attr]


def test_an_exporter_that_fails_is_told_with_its_last_lines(tmp_path: Path) -> None:
    def breaks(spec: ContainerSpec):  # type: ignore[no-untyped-def]
        yield ("stderr", "the weights have another shape")
        return 1

    small = make(tmp_path, {"slimbench/exporter:latest": breaks})
    failed = build(small)["big"]
    assert isinstance(failed, FailedBuild)
    assert isinstance(failed.error, ExportFailed)
    assert "ended with 1: the weights have another shape" in str(failed.error)


def test_a_damaged_artefact_is_exported_again(small: SmallProject) -> None:
    build(small)
    (small.root / "artifacts" / "tiny" / "model.onnx").write_bytes(b"damaged")
    small.said.clear()
    build(small)
    assert (small.root / "artifacts" / "tiny" / "model.onnx").read_bytes() == b"onnx"


def test_nothing_of_ours_keeps_running(small: SmallProject) -> None:
    build(small)
    removed = small.engine.remove_labelled({labels.KIND: ""})
    assert (removed.containers, removed.networks) == (0, 0)
    assert small.engine.images({labels.KIND: ""}) == ()


def test_a_cpu_that_is_not_there_is_told_before_anything_is_built(tmp_path: Path) -> None:
    small = make(tmp_path)
    small.engine = FakeEngine(registry=None, info=replace(FAKE_INFO, cpus=4))
    matrix = small.root / "variants.yaml"
    matrix.write_text(matrix.read_text() + 'limits: {cpu_set: "0,4"}\n')
    with pytest.raises(ConfigurationError, match=r"asks for CPU 4, the engine has 4 \(0 to 3\)"):
        prepare(small.project())
    assert small.engine.calls == []


def test_too_little_disk_is_told_before_anything_is_built(small: SmallProject) -> None:
    matrix = small.root / "variants.yaml"
    matrix.write_text(matrix.read_text().replace("disk: 1", "disk: 900000GiB"))
    with pytest.raises(DiskFull, match=r"needs 1800000\.0 GiB free, there are"):
        prepare(small.project())
    assert small.builds() == []
