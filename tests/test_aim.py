"""One matrix for each workload and model: which variants, which image names, which reference."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_project

from builders.errors import ConfigurationError
from builders.matrix import Matrix
from builders.matrix_file import load_matrix

WORKLOADS = """
workloads:
  serve: {dockerfile: serve.Dockerfile, requirements: set, build_base: full, context: [inference]}
  train: {reference: trainer}
"""
TRAINER = """  trainer: {changed: torch, runtime: torch, workloads: [train]}
"""


@pytest.fixture
def matrix_file(tmp_path: Path) -> Path:
    """Two variants that predict, one of which also serves, and one that trains."""
    small_project.write_project(tmp_path)
    (tmp_path / "serve.Dockerfile").write_text("ARG RUNG\nFROM ${RUNG}\n")
    (tmp_path / "dockerfiles" / "trainer.Dockerfile").write_text(small_project.DOCKERFILE)
    text = small_project.MATRIX.replace(
        "models: {tiny: {weights: seeded, seed: 7}}", "models: {tiny: {seed: 7}, other: {}}"
    )
    text = text.replace("reference: big\n", f"reference: big\n{WORKLOADS}")
    text = text.replace("changed: the habit", "changed: the habit, workloads: [predict, serve]")
    path = tmp_path / "variants.yaml"
    path.write_text(text + TRAINER)
    return path


def names(matrix: Matrix) -> list[str]:
    return [variant.name for variant in matrix.variants]


def test_the_usual_matrix_predicts_with_its_own_model(matrix_file: Path) -> None:
    matrix = load_matrix(matrix_file)
    assert names(matrix) == ["big", "small"]
    assert (matrix.reference, matrix.workload, matrix.edition) == ("big", "predict", "")
    assert {variant.edition for variant in matrix.variants} == {"latest"}


def test_a_workload_takes_the_variants_that_have_it(matrix_file: Path) -> None:
    matrix = load_matrix(matrix_file, "serve")
    assert names(matrix) == ["big"]
    assert (matrix.workload, matrix.edition) == ("serve", "serve")
    assert matrix.variant("big").edition == "serve"


def test_a_workload_may_have_its_own_reference_and_needs_no_model(matrix_file: Path) -> None:
    matrix = load_matrix(matrix_file, "train")
    assert (matrix.reference, names(matrix), matrix.edition) == ("trainer", ["trainer"], "train")
    trainer = matrix.variant("trainer")
    assert (trainer.model, trainer.edition) == ("", "latest")


def test_another_model_gives_images_and_a_record_of_other_names(matrix_file: Path) -> None:
    matrix = load_matrix(matrix_file, "serve", "other")
    assert matrix.edition == "other-serve"
    assert matrix.variant("big").model == "other"
    assert matrix.variant("big").edition == "other-serve"
    assert load_matrix(matrix_file, model="other").variant("small").edition == "other"


def test_the_matrix_s_own_model_by_name_changes_nothing(matrix_file: Path) -> None:
    assert load_matrix(matrix_file, model="tiny") == load_matrix(matrix_file)


def test_every_workload_and_model_has_a_digest_of_its_own(matrix_file: Path) -> None:
    found = [
        load_matrix(matrix_file).digest,
        load_matrix(matrix_file, "serve").digest,
        load_matrix(matrix_file, "train").digest,
        load_matrix(matrix_file, model="other").digest,
    ]
    assert len(set(found)) == len(found)


def test_a_rung_that_another_workload_lacks_begins_a_ladder(matrix_file: Path) -> None:
    text = matrix_file.read_text()
    text = text.replace("less, after: big", "less, workloads: [serve], after: big")
    text = text.replace("workloads: [predict, serve]}", "workloads: [predict]}")
    text = text.replace(
        "requirements: set, build_base: full", "reference: small, requirements: set"
    )
    last = "{changed: x, dockerfile: exporter.Dockerfile, workloads: [serve], after: small}"
    matrix_file.write_text(f"{text}  last: {last}\n")
    matrix = load_matrix(matrix_file, "serve")
    assert [variant.after for variant in matrix.variants] == [None, "small"]


@pytest.mark.parametrize(
    ("workload", "model", "what", "step"),
    [
        ("predict", "tinny", "no model 'tinny'; perhaps you meant 'tiny'", "there are tiny, other"),
        ("train", "tiny", "the workload 'train' makes its own model", "leave --model out"),
    ],
)
def test_a_model_that_there_is_not(
    matrix_file: Path, workload: str, model: str, what: str, step: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_matrix(matrix_file, workload, model)  # type: ignore[arg-type]
    assert what in caught.value.what
    assert caught.value.next_step == step


def test_a_workload_that_no_variant_has(tmp_path: Path) -> None:
    small_project.write_project(tmp_path)
    with pytest.raises(ConfigurationError, match="no variant has the workload 'serve'"):
        load_matrix(tmp_path / "variants.yaml", "serve")


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("runtime: torch, workloads: [train]", "runtime: torch", "workloads: must be [train]"),
        ("runtime: torch, workloads", "workloads", "runtime: must be 'torch'"),
        ("train: {reference: trainer}", "train: {}", "'big' lacks the workload 'train' of trainer"),
        ("{reference: trainer}", "{reference: small}", "'small' lacks the workload 'train'"),
        ("{reference: trainer}", "{reference: trainee}", "perhaps you meant 'trainer'"),
        ("requirements: set, build_base", "build_base", "so needs 'requirements' too"),
        ("build_base: full, context", "build_base: ful, context", "perhaps you meant 'full'"),
        ("dockerfile: serve.Dockerfile", "dockerfile: serv.Dockerfile", "serve.Dockerfile"),
        ("context: [inference]}\n  train", "context: ['x/*.py']}\n  train", "matches no file"),
        ("workloads: [train]", "workloads: []", "workloads"),
        ("workloads: [train]", "workloads: [dance]", "workloads"),
    ],
)
def test_problems_of_workloads_are_told_with_their_place(
    matrix_file: Path, before: str, after: str, problem: str
) -> None:
    text = matrix_file.read_text()
    assert before in text
    matrix_file.write_text(text.replace(before, after))
    with pytest.raises(ConfigurationError) as caught:
        load_matrix(matrix_file)
    assert any(problem in told for told in caught.value.problems), caught.value.problems
    assert all(told.startswith(f"{matrix_file}:") for told in caught.value.problems)
