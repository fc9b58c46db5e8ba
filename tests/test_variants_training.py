"""The two training images that can be built anywhere: the same weights, and nothing too much."""

from __future__ import annotations

import json
from typing import Any

import pytest
from real_project import REPOSITORY, docker

from bench.training_weights import compare_weights
from builders.engine import Engine, ImageInfo
from builders.matrix_file import load_matrix
from builders.plan import tag

pytestmark = [pytest.mark.engine, pytest.mark.variants]

BUILT = ("train-bulky", "train-slim")
TOLERANCE = 1e-6  # as `weights` in the matrix


@pytest.fixture(scope="module")
def images(engine: Engine) -> dict[str, ImageInfo]:
    found = {name: engine.image(tag(name)) for name in BUILT}
    assert None not in found.values(), "run `slimbench build --workload train` first"
    return {name: image for name, image in found.items() if image is not None}


def train(image: ImageInfo, *words: str) -> list[dict[str, Any]]:
    done = docker(
        *("run", "--rm", "--network=none", "--cap-drop=ALL", "--read-only"),
        *(image.image_id, "train", "--threads", "1", *words),
    )
    assert done.exit_code == 0, done.errors
    return [json.loads(line) for line in done.output.splitlines()]


def test_the_images_end_with_the_same_weights(images: dict[str, ImageInfo]) -> None:
    words = ("--seed", "3", "--epochs", "3")
    ends = {name: train(image, *words)[-2] for name, image in images.items()}
    bulky, slim = (ends[name] for name in BUILT)
    found = compare_weights("train-bulky", bulky["weights"], slim["weights"], TOLERANCE)
    assert found.reason == ""
    assert bulky["accuracy"] == slim["accuracy"]
    assert 0.96 < slim["accuracy"] < 0.975  # the best line's is 0.967, as the classes overlap


def test_a_training_repeats_itself_to_the_last_bit(images: dict[str, ImageInfo]) -> None:
    one, other = (train(images["train-slim"], "--seed", "4", "--epochs", "2") for _ in range(2))
    assert one[-2]["weights"] == other[-2]["weights"]
    losses = [[e["loss"] for e in told if e["event"] == "epoch"] for told in (one, other)]
    assert losses[0] == losses[1]


def test_it_computes_with_the_threads_that_it_was_given(images: dict[str, ImageInfo]) -> None:
    assert train(images["train-slim"], "--epochs", "1")[-2]["threads"] == 1


def test_the_matrix_has_them_and_the_one_that_can_only_be_pulled() -> None:
    matrix = load_matrix(REPOSITORY / "variants.yaml", "train")
    assert [variant.name for variant in matrix.variants] == [*BUILT, "train-conda"]
    assert matrix.reference == "train-bulky"
    conda = matrix.bases["conda"]
    assert (conda.optional, conda.bootstrap) == (True, None)


def test_no_model_and_no_compiler_lies_in_the_slim_one(images: dict[str, ImageInfo]) -> None:
    script = (
        "import pathlib, shutil; print([str(p) for p in pathlib.Path('/app').rglob('model*')"
        " if p.suffix != '.py'], shutil.which('gcc'), shutil.which('pip'))"
    )
    image = images["train-slim"].image_id
    done = docker("run", "--rm", "--entrypoint", "python", image, "-c", script)
    assert done.output.strip() == "[] None None", done.errors
