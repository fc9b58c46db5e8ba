"""`--device cuda` as a process, with a runtime that has no CUDA: refused, or told."""

from __future__ import annotations

import json
from pathlib import Path

import entry_point
import pytest
from entry_point import session
from model_folders import toy_folder
from PIL import Image

from inference import protocol

pytestmark = pytest.mark.process
WITHOUT = "this ONNX Runtime is built without CUDA"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return toy_folder(tmp_path / "model")


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "x.png"
    Image.new("RGB", (50, 40), (178, 0, 0)).save(path)
    return str(path)


def test_the_usual_device_is_the_cpu(folder: Path) -> None:
    _, events = session(folder, [])
    assert (events[2]["event"], events[2]["device"], events[2]["fallback"]) == ("ready", "cpu", "")


def test_a_gpu_that_is_not_there_ends_the_session(folder: Path) -> None:
    status, events = session(folder, [], "--device", "cuda")
    assert status == 1
    assert [event["event"] for event in events] == ["started", "imported", "error", "bye"]
    assert (events[2]["id"], events[2]["code"]) == (None, protocol.GPU_UNAVAILABLE)
    expected = f"a GPU was asked for, but {WITHOUT}; --gpu-fallback allows the CPU instead"
    assert events[2]["message"] == expected


def test_a_fallback_that_is_allowed_is_told(folder: Path) -> None:
    status, events = session(folder, [], "--device", "cuda", "--gpu-fallback")
    assert status == 0
    assert (events[2]["device"], events[2]["fallback"]) == ("cpu", WITHOUT)


def test_the_environment_asks_and_allows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLIMBENCH_DEVICE", "cuda")
    assert session(folder, [])[0] == 1
    assert session(folder, [], "--device", "cpu")[0] == 0
    monkeypatch.setenv("SLIMBENCH_GPU_FALLBACK", "True")
    assert session(folder, [])[1][2]["fallback"] == WITHOUT
    monkeypatch.setenv("SLIMBENCH_GPU_FALLBACK", "perhaps")  # no yes
    assert session(folder, [])[0] == 1


@pytest.mark.parametrize("words", [("--device", "gpu"), ()])
def test_another_device_is_wrong_usage(
    folder: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLIMBENCH_DEVICE", "gpu")
    ended = entry_point.run(folder, "session", *words)
    assert ended.returncode == 2
    assert "'gpu' is neither cpu nor cuda" in ended.stderr


def test_predict_says_where_it_computed(folder: Path, picture: str) -> None:
    words = ("predict", picture, "--device", "cuda")
    refused = entry_point.run(folder, *words)
    assert refused.returncode == 1
    assert json.loads(refused.stderr.splitlines()[-1])["error"]["code"] == "gpu-unavailable"
    answered = entry_point.run(folder, *words, "--gpu-fallback")
    assert answered.returncode == 0
    assert json.loads(answered.stdout)[0]["class_id"] == 7
    assert f"computed on the CPU, since {WITHOUT}" in answered.stderr
