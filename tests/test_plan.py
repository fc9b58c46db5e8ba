"""What a build takes is derived from the matrix alone: no engine is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_project import SmallProject, make

from builders import labels
from builders.built import ResolvedBase
from builders.engine import ImageInfo
from builders.matrix_file import load_matrix
from builders.plan import (
    BuildPlan,
    context_entries,
    needed_bases,
    needed_locks,
    needed_models,
    plan_exporter,
    plan_variant,
)

IMAGE = ImageInfo(
    image_id="sha256:b",
    tags=(),
    repo_digests=(),
    diff_ids=(),
    history=(),
    labels={},
    environment=(),
    entrypoint=(),
    user="",
    engine_size_bytes=0,
)
BASE = ResolvedBase("full", IMAGE, "pull", "registry.example/python@sha256:aa", "it answered")


@pytest.fixture
def small(tmp_path: Path) -> SmallProject:
    made = make(tmp_path)
    model = made.root / "artifacts" / "tiny"
    model.mkdir(parents=True)
    for name in ("model.onnx", "class_names.txt", "manifest.json"):
        (model / name).write_text(name)
    return made


def plan(small: SmallProject, base: ResolvedBase = BASE, name: str = "small") -> BuildPlan:
    matrix = small.matrix
    return plan_variant(matrix, matrix.variant(name), {"full": base, "slim": base}).build


def test_a_workload_of_its_own_dockerfile_begins_from_the_variant_s_image(
    small: SmallProject,
) -> None:
    (small.root / "serve.Dockerfile").write_text("ARG RUNG\nFROM ${RUNG}\n")
    (small.root / "serve.txt").write_text("fastapi==1 --hash=sha256:00\n")
    (small.root / "serving.py").write_text("print(2)\n")
    text = small.root.joinpath("variants.yaml").read_text()
    text = text.replace("{set: set.txt}", "{set: set.txt, serve: serve.txt}")
    text = text.replace("defaults:\n", "defaults:\n  workloads: [predict, serve]\n")
    serve = "dockerfile: serve.Dockerfile, requirements: serve, context: [serving.py]"
    workloads = f"workloads: {{serve: {{{serve}, build_base: full}}}}\n"
    small.root.joinpath("variants.yaml").write_text(text + workloads)

    matrix = load_matrix(small.root / "variants.yaml", "serve")
    found = plan_variant(matrix, matrix.variant("small"), {"full": BASE}).build
    assert (found.name, found.tag) == ("small-serve", "slimbench/small:serve")
    assert found.build_args == {"RUNG": "slimbench/small:latest", "BUILD_BASE": "sha256:b"}
    assert sorted(found.context.files) == ["serve.Dockerfile", "serve.txt", "serving.py"]
    assert found.lock == small.root / "serve.txt"

    alone = plan(small)
    assert found.rung is not None
    assert found.rung.context == alone.context
    assert (found.rung.name, found.rung.tag) == (alone.name, alone.tag)
    assert needed_locks(matrix, matrix.variants)[-1] == found.lock

    (small.root / "inference" / "main.py").write_text("print(3)\n")
    again = plan_variant(matrix, matrix.variant("small"), {"full": BASE}).build
    assert again.context.digest != found.context.digest, "what lies below counts, too"


def test_a_variant_that_trains_needs_no_model(small: SmallProject) -> None:
    matrix = small.matrix
    variant = matrix.variant("small").model_copy(update={"runtime": "torch", "model": ""})
    entries = context_entries(matrix, variant)
    assert not [entry for entry in entries if entry.startswith("artifacts")]
    assert needed_models((variant, matrix.variant("big"))) == ("tiny",)
    assert "MODEL" not in plan_variant(matrix, variant, {"full": BASE}).build.build_args


def test_each_image_copies_only_the_artefact_its_runtime_loads(small: SmallProject) -> None:
    matrix = small.matrix
    variant = matrix.variant("small")
    onnx = context_entries(matrix, variant)
    torchscript = context_entries(matrix, variant.model_copy(update={"runtime": "torchscript"}))
    assert "artifacts/tiny/model.onnx" in onnx
    assert set(onnx) ^ set(torchscript) == {
        "artifacts/tiny/model.onnx",
        "artifacts/tiny/model.torchscript",
    }


def test_a_multistage_variant_is_told_both_bases(small: SmallProject) -> None:
    matrix = small.matrix
    variant = matrix.variant("small").model_copy(update={"build_base": "slim"})
    other = replace(BASE, image=replace(IMAGE, image_id="sha256:s"))
    planned = plan_variant(matrix, variant, {"full": BASE, "slim": other})
    assert planned.build.build_args == {
        "BASE": "sha256:b",
        "MODEL": "tiny",
        "BUILD_BASE": "sha256:s",
    }
    assert planned.base is BASE


@pytest.mark.parametrize(
    "changed", ["inference/main.py", "set.txt", "dockerfiles/small.Dockerfile"]
)
def test_each_file_of_the_context_changes_the_digest(small: SmallProject, changed: str) -> None:
    before = plan(small)
    (small.root / changed).write_text("another content\n")
    assert plan(small).labels[labels.CONTEXT] != before.labels[labels.CONTEXT]


def test_another_base_is_another_build(small: SmallProject) -> None:
    other = replace(BASE, image=replace(IMAGE, image_id="sha256:c"))
    assert plan(small).labels[labels.CONTEXT] != plan(small, other).labels[labels.CONTEXT]


def test_only_the_matrix_label_may_be_older(small: SmallProject) -> None:
    planned = plan(small)
    kept = {**planned.labels, labels.MATRIX: "sha256:older"}
    assert planned.is_up_to_date(replace(IMAGE, labels=kept))
    assert not planned.is_up_to_date(replace(IMAGE, labels={**kept, labels.CONTEXT: "sha256:d"}))
    assert not planned.is_up_to_date(IMAGE)


def test_the_exporter_is_planned_without_a_model(small: SmallProject) -> None:
    exporter = plan_exporter(small.matrix, BASE)
    assert exporter.labels[labels.KIND] == labels.KIND_EXPORTER
    assert exporter.tag == "slimbench/exporter:latest"
    assert not [name for name in exporter.context.files if "artifacts" in name]


def test_the_exporters_base_counts_with_any_selection_and_its_wheels_with_a_model(
    small: SmallProject,
) -> None:
    assert needed_bases(small.matrix, ()) == ("full",)  # it serves the wheels to builds
    assert needed_locks(small.matrix, ()) == ()
    assert needed_locks(small.matrix, small.matrix.variants) == (small.root / "set.txt",)
