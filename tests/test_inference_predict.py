"""`predict` as a process: one JSON list, or one JSON error and no traceback."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import picture_files
import pytest
from entry_point import ROOT, run
from model_folders import toy_folder
from PIL import Image

from inference.commands import main

USAGE_ERROR = 2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return toy_folder(tmp_path / "model")


@pytest.mark.process
def test_the_ranked_classes_are_all_that_is_on_standard_output(
    folder: Path, tmp_path: Path
) -> None:
    Image.new("RGB", (50, 40), (178, 0, 0)).save(tmp_path / "x.png")
    ended = run(folder, "predict", str(tmp_path / "x.png"), "--top", "3")
    assert ended.returncode == 0
    answer = json.loads(ended.stdout)
    assert [list(one) for one in answer] == [["rank", "class_id", "label", "prob"]] * 3
    assert answer[0] == {"rank": 1, "class_id": 7, "label": "label 7", "prob": answer[0]["prob"]}
    assert answer[0]["prob"] == round(answer[0]["prob"], 4) > answer[1]["prob"]
    assert ended.stderr.splitlines()[-1] == "labels mean nothing"


@pytest.mark.process
def test_no_notice_where_labels_mean_something(folder: Path, tmp_path: Path) -> None:
    toy_folder(folder, notice="")
    Image.new("RGB", (50, 40), (178, 0, 0)).save(tmp_path / "x.png")
    ended = run(folder, "predict", str(tmp_path / "x.png"))
    assert all("stray line" in line for line in ended.stderr.splitlines())


@pytest.mark.process
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("missing.png", "not-found"),
        ("empty.png", "empty-file"),
        ("text.png", "not-an-image"),
        ("folder", "not-an-image"),
        ("cut.png", "cut-off"),
        ("huge.png", "too-large"),
    ],
)
def test_one_json_error(folder: Path, tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "folder").mkdir()
    picture_files.cut_off(tmp_path / "cut.png")
    picture_files.huge_png(tmp_path / "huge.png", 2**30, 2**30)
    ended = run(folder, "predict", str(tmp_path / name))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "Traceback" not in ended.stderr
    error = json.loads(ended.stderr.splitlines()[-1])["error"]
    assert (error["code"], error["path"]) == (code, str(tmp_path / name))
    assert error["message"]


@pytest.mark.process
def test_an_unusable_model_is_an_error_too(tmp_path: Path) -> None:
    ended = run(tmp_path, "predict", "x.png")
    assert ended.returncode == 1
    assert json.loads(ended.stderr)["error"]["code"] == "model-unusable"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["dance"],
        ["predict"],
        ["predict", "a", "b"],
        ["predict", "a", "--top", "0"],
        ["predict", "a", "--top", "x"],
        ["session", "--threads", "0"],
        ["session", "--threads", "1025"],
        ["session", "--backend", "tflite"],
    ],
)
def test_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words, 0)
    assert caught.value.code == USAGE_ERROR
    assert "usage: python -m inference" in capsys.readouterr().err


def test_the_start_is_stamped_before_anything_else_is_imported() -> None:
    body = ast.parse((ROOT / "inference" / "__main__.py").read_text()).body
    assert [type(one).__name__ for one in body[:3]] == ["Expr", "Import", "Assign"]
    assert ast.unparse(body[1]) == "import time"
    assert ast.unparse(body[2]) == "STARTED_NS = time.monotonic_ns()"
    assert ast.unparse(ast.parse((ROOT / "inference" / "__init__.py").read_text())).count("\n") == 0
