"""The folder of a model: what is read, and a sentence for each thing that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from model_folders import LABELS, toy_folder

from inference.backends import MODULES
from inference.failures import InferenceError
from inference.model_folder import ARTEFACTS, choose_backend, default_folder, read_folder
from inference.protocol import MODEL_UNUSABLE


def test_a_good_folder(tmp_path: Path) -> None:
    folder = read_folder(toy_folder(tmp_path), "onnx")
    assert folder.artefact == tmp_path / "model.onnx"
    assert folder.labels == LABELS
    assert (folder.model, folder.weights) == ("toy", "seeded")
    assert folder.notice == "labels mean nothing"
    assert folder.preprocessing["crop_size"] == 24


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("manifest.json", None, "it can't be read (No such file or directory)"),
        ("manifest.json", "{", "it is no JSON"),
        ("manifest.json", "[]", "it is no manifest of version 1"),
        ("manifest.json", '{"version": 2}', "it is no manifest of version 1"),
        ("manifest.json", '{"version": 1}', "it lacks 'classes'"),
        ("manifest.json", '{"version": 1, "classes": 10, "model": ""}', "it lacks 'weights'"),
        ("class_names.txt", None, "it can't be read (No such file or directory)"),
        ("class_names.txt", "one\n", "it has 1 lines for 10 classes"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, file: str, content: str | None, sentence: str
) -> None:
    path = toy_folder(tmp_path) / file
    path.unlink()
    if content is not None:
        path.write_text(content)
    with pytest.raises(InferenceError) as caught:
        read_folder(tmp_path, "onnx")
    assert caught.value.code == MODEL_UNUSABLE
    assert caught.value.path == str(path)
    assert caught.value.message == sentence


def test_the_artefact_decides_on_the_back_end(tmp_path: Path) -> None:
    assert choose_backend(toy_folder(tmp_path)) == "onnx"
    (tmp_path / "model.torchscript").touch()
    assert choose_backend(tmp_path, "torchscript") == "torchscript"
    (tmp_path / "model.onnx").unlink()
    assert choose_backend(tmp_path) == "torchscript"


def test_an_int8_file_is_a_back_end_of_its_own(tmp_path: Path) -> None:
    toy_folder(tmp_path)
    (tmp_path / "model.onnx").rename(tmp_path / "model.int8.onnx")
    assert choose_backend(tmp_path) == "onnx-int8"
    assert read_folder(tmp_path, "onnx-int8").artefact == tmp_path / "model.int8.onnx"
    assert MODULES["onnx-int8"] == MODULES["onnx"]
    assert set(MODULES) == set(ARTEFACTS)


@pytest.mark.parametrize(
    ("files", "asked", "sentence"),
    [
        ((), None, "there is none of model.torchscript, model.onnx, model.int8.onnx"),
        (("model.onnx",), "torchscript", "there is no model.torchscript"),
        (
            ("model.onnx", "model.torchscript"),
            None,
            "there are torchscript and onnx; choose with --backend",
        ),
    ],
)
def test_no_back_end_can_be_chosen(
    tmp_path: Path, files: tuple[str, ...], asked: str | None, sentence: str
) -> None:
    for file in files:
        (tmp_path / file).touch()
    with pytest.raises(InferenceError) as caught:
        choose_backend(tmp_path, asked)
    assert caught.value.message == sentence


def test_the_environment_names_another_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLIMBENCH_MODEL_DIR", raising=False)
    assert default_folder() == Path("/app/model")
    monkeypatch.setenv("SLIMBENCH_MODEL_DIR", "/else")
    assert default_folder() == Path("/else")
