"""Verification can fail: one wrong line or file in an image is caught, an unchanged one passes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from real_project import REPOSITORY, VARIANTS, RealProject
from tiny_image import write_context

from bench.answers import Answers
from bench.collect import collect_answers
from bench.pictures import generated
from bench.record_types import Verification
from bench.verification import verify_answers
from builders.engine import BuildRequest

pytestmark = pytest.mark.engine

PREPROCESSING = "inference/preprocessing.py"
LABELS = "model/class_names.txt"
REFERENCE = VARIANTS[0]


def answers_of(project: RealProject, image: str) -> Answers:
    matrix = project.matrix
    pictures = generated(project.samples.parent)
    return collect_answers(
        project.engine, image, matrix.limits, pictures, matrix.verification.top_k
    )


@pytest.fixture(scope="module")
def expected(real_project: RealProject) -> Answers:
    return answers_of(real_project, real_project.image(REFERENCE).image_id)


@pytest.fixture
def verdict(
    real_project: RealProject, expected: Answers, session_labels: dict[str, str], tmp_path: Path
):
    """Verifies the reference's image with one file replaced."""

    def verify(file: str, content: str) -> Verification:
        reference = real_project.image(REFERENCE).image_id
        dockerfile = f"FROM {reference}\nCOPY changed /app/{file}\n"
        files = {"Dockerfile": dockerfile.encode(), "changed": content.encode()}
        context = write_context(tmp_path / "context.tar", files)
        name = f"slimbench-test/fault:{tmp_path.name.lower().strip('_')}"
        image = real_project.engine.build(
            BuildRequest(context, "Dockerfile", name, session_labels), lambda _: None
        )
        matrix = real_project.matrix
        return verify_answers(
            REFERENCE,
            expected,
            answers_of(real_project, image.image_id),
            tolerance=matrix.verification.tolerances["float32"],
            top_k=matrix.verification.top_k,
        )

    return verify


def preprocessing(line: str, changed: str) -> str:
    text = (REPOSITORY / PREPROCESSING).read_text()
    assert text.count(line) == 1
    return text.replace(line, changed)


def class_names(project: RealProject) -> list[str]:
    return (project.samples.parent / "class_names.txt").read_text().splitlines(keepends=True)


def names_a_picture(reason: str, project: RealProject) -> bool:
    return reason.partition(": ")[0] in {path.name for path in generated(project.samples.parent)}


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        pytest.param(
            "np.asarray(square, dtype=np.float32)",
            "np.asarray(square, dtype=np.float32)[:, :, ::-1]",
            id="swapped-channels",
        ),
        pytest.param(
            "Image.Resampling[wanted.interpolation.upper()]\n",
            "Image.Resampling.NEAREST\n",
            id="nearest-instead-of-bilinear",
        ),
        pytest.param("((pixels - mean) / std)", "pixels", id="no-normalisation"),
    ],
)
def test_wrong_preprocessing_is_caught(verdict, real_project, line, changed):
    found = verdict(PREPROCESSING, preprocessing(line, changed))
    assert not found.outputs_match
    assert names_a_picture(found.reason, real_project)
    assert re.search(r"classes \d+ and \d+ changed places|class \d+ differs by", found.reason)
    assert max(picture.max_abs_diff for picture in found.pictures) > found.tolerance


def test_labels_shifted_by_one_line_are_caught(verdict, real_project):
    first, *others = class_names(real_project)
    found = verdict(LABELS, "".join([*others, first]))
    assert not found.outputs_match
    assert names_a_picture(found.reason, real_project)
    assert re.search(r"class \d+ is labelled '.+'", found.reason)
    assert not any(picture.top1_agrees for picture in found.pictures)


@pytest.mark.parametrize("file", [PREPROCESSING, LABELS])
def test_the_same_file_again_matches(verdict, real_project, file):
    same = (
        class_names(real_project)
        if file == LABELS
        else preprocessing("import numpy", "import numpy")
    )
    found = verdict(file, "".join(same))
    assert found.outputs_match
    assert found.reason == ""
    assert all(picture.top1_agrees for picture in found.pictures)
