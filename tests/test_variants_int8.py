"""The int8 rung: its image holds the int8 file alone, and says which back end answers."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from real_project import REPOSITORY, docker

from bench.inspection.layer_cache import LayerCache
from bench.inspection.sources import from_engine
from builders.engine import Engine, ImageInfo
from builders.plan import tag
from builders.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.variants]

NAME, FLOAT = "distroless-onnx-int8", "distroless-onnx"
Files = Callable[[str], dict[str, int]]


def image_of(engine: Engine, name: str) -> ImageInfo:
    image = engine.image(tag(name))
    assert image is not None, f"build {name} first: slimbench build {name}"
    return image


@pytest.fixture
def files(engine: Engine) -> Files:
    cache = LayerCache(Workspace.of(REPOSITORY).cache / "layers")

    def sizes(name: str) -> dict[str, int]:
        found = from_engine(engine, name, image_of(engine, name), cache).files.paths
        return {path: file.entry.size_bytes for path, file in found.items()}

    return sizes


def test_it_holds_the_int8_file_and_no_other_model(files: Files) -> None:
    model = {path for path in files(NAME) if path.startswith("app/model/")}
    names = ("class_names.txt", "manifest.json", "model.int8.onnx")
    assert model == {f"app/model/{name}" for name in names}


def test_nothing_but_the_model_differs_from_the_rung_before(files: Files) -> None:
    ours, before = files(NAME), files(FLOAT)
    assert ours.keys() ^ before.keys() == {"app/model/model.int8.onnx", "app/model/model.onnx"}
    assert ours["app/model/model.int8.onnx"] < 0.3 * before["app/model/model.onnx"]


def test_it_answers_and_names_its_back_end(engine: Engine) -> None:
    folder = REPOSITORY / "artifacts" / "mobilenet_v2" / "samples"
    words = ("run", "--rm", "-v", f"{folder}:/data:ro", tag(NAME))
    picture = sorted(folder.iterdir())[0].name
    ended = docker(*words, "predict", f"/data/{picture}", "--top", "3")
    assert ended.exit_code == 0, ended.errors
    assert [one["rank"] for one in ended.json()] == [1, 2, 3]
    refused = docker(*words, "predict", f"/data/{picture}", "--backend", "onnx")
    assert json.loads(refused.errors)["error"]["message"] == "there is no model.onnx"
