"""The session, whole, as a process: good and bad lines, statistics, endings."""

from __future__ import annotations

import json
import platform
import signal
import subprocess
import sysconfig
import time
from importlib import metadata
from pathlib import Path

import entry_point
import pytest
from entry_point import Event, session
from model_folders import toy_folder
from PIL import Image

from inference import protocol

pytestmark = pytest.mark.process


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return toy_folder(tmp_path / "model")


@pytest.fixture
def picture(tmp_path: Path) -> str:
    """Seven tenths red."""
    path = tmp_path / "x.png"
    Image.new("RGB", (50, 40), (178, 0, 0)).save(path)
    return str(path)


def predict(path: str, **more: object) -> Event:
    return {"op": "predict", "path": path, **more}


def names(events: list[Event]) -> list[str]:
    return [event[protocol.EVENT] for event in events]


def test_a_good_session(folder: Path, picture: str) -> None:
    status, events = session(folder, [predict(picture, id=1), {"op": "quit"}], "--threads", "3")
    assert status == 0
    assert names(events) == ["started", "imported", "ready", "result", "bye"]
    started, imported, ready, result, _ = events
    assert started["protocol"] == protocol.PROTOCOL_VERSION
    assert started["python"] == imported["versions"]["python"]
    assert set(imported["versions"]) == {"python", "onnxruntime", "numpy", "pillow"}
    assert imported["versions"]["onnxruntime"] == "0.stub"
    assert ready["versions"] == imported["versions"]
    assert (ready["backend"], ready["model"], ready["threads"]) == ("onnx", "toy", 3)
    assert (ready["weights"], ready["notice"]) == ("seeded", "labels mean nothing")
    assert result["id"] == 1
    assert result["top"][0]["class_id"] == 7
    assert len(result["top"]) == 5
    assert "probs" not in result


def test_time_stamps_rise_and_lie_on_the_host_s_clock(folder: Path) -> None:
    before = time.monotonic_ns()
    _, events = session(folder, [])
    stamps = [event["t_ns"] for event in events]
    line = [before, *stamps, time.monotonic_ns()]
    assert line == sorted(line)


def test_steps_sum_to_at_most_the_total(folder: Path, picture: str) -> None:
    _, events = session(folder, [predict(picture)])
    elapsed = events[3]["elapsed_ns"]
    assert list(elapsed) == ["decode", "preprocess", "infer", "total"]
    assert 0 < elapsed["decode"] + elapsed["preprocess"] + elapsed["infer"] <= elapsed["total"]


def test_all_probabilities_come_when_asked_for(folder: Path, picture: str) -> None:
    _, events = session(folder, [predict(picture, top=99, probs=True)])
    probs, top = events[3]["probs"], events[3]["top"]
    assert len(probs) == len(top) == 10
    assert sum(probs) == pytest.approx(1)
    assert [probs[one["class_id"]] for one in top] == sorted(probs, reverse=True)
    assert all(one["label"] == f"label {one['class_id']}" for one in top)


def test_bad_lines_get_an_error_and_the_session_goes_on(folder: Path, picture: str) -> None:
    requests = [
        b"nonsense",
        b"",
        b"x" * 1_000_000,
        b"\xff",
        {"op": "dance", "id": 4},
        predict("/nowhere.png", id=5),
        predict(picture, id=6),
    ]
    status, events = session(folder, requests)
    assert status == 0
    errors, result = events[3:-2], events[-2]
    assert [one["code"] for one in errors] == ["bad-request"] * 5 + ["not-found"]
    assert [one["id"] for one in errors] == [None, None, None, None, 4, 5]
    assert errors[2]["message"] == f"the line is longer than {protocol.MAX_LINE_BYTES} bytes"
    assert errors[5]["message"] == "/nowhere.png: there is no such file"
    assert (result["event"], result["id"]) == ("result", 6)


def test_a_line_of_exactly_the_limit_is_read(folder: Path) -> None:
    line = b'{"op": "stats"}'
    padded = line + b" " * (protocol.MAX_LINE_BYTES - len(line) - 1)
    _, events = session(folder, [padded, padded + b"  ", line])
    assert names(events)[3:] == ["stats", "error", "stats", "bye"]


def test_a_failing_runtime_is_an_error_of_its_request(folder: Path, tmp_path: Path) -> None:
    Image.new("RGB", (30, 30)).save(tmp_path / "black.png")
    _, events = session(folder, [predict(str(tmp_path / "black.png"), id="b"), {"op": "stats"}])
    assert events[3]["code"] == protocol.INFERENCE_FAILED
    assert events[3]["message"].endswith("black.png: the runtime failed (too dark)")
    assert events[4]["event"] == "stats"


def test_a_strip_names_its_file(folder: Path, tmp_path: Path) -> None:
    Image.new("L", (1, 65_000)).save(tmp_path / "strip.png")
    _, events = session(folder, [predict(str(tmp_path / "strip.png"))])
    assert events[3]["code"] == protocol.TOO_LARGE
    assert events[3]["message"].startswith(f"{tmp_path / 'strip.png'}: it is so narrow")


def test_a_model_with_other_classes_than_labels(folder: Path, picture: str) -> None:
    toy_folder(folder, classes=9)
    (folder / "class_names.txt").write_text("a\n" * 9)
    _, events = session(folder, [predict(picture)])
    assert events[3]["code"] == protocol.INFERENCE_FAILED
    assert events[3]["message"] == f"{picture}: the model gives 10 classes for 9 labels"


def test_a_batch_answers_each_picture_as_it_would_alone(
    folder: Path, picture: str, tmp_path: Path
) -> None:
    Image.new("RGB", (40, 40), (90, 0, 0)).save(tmp_path / "y.png")
    paths = [picture, str(tmp_path / "y.png"), picture]
    alone = [predict(path, top=3) for path in paths]
    _, events = session(folder, [*alone, {"op": "batch", "id": 9, "paths": paths, "top": 3}])
    batch = events[6]
    assert (batch["event"], batch["id"]) == ("batch", 9)
    assert batch["tops"] == [event["top"] for event in events[3:6]]
    assert batch["tops"][0] != batch["tops"][1]
    elapsed = batch["elapsed_ns"]
    assert 0 < elapsed["decode"] + elapsed["preprocess"] + elapsed["infer"] <= elapsed["total"]


def test_a_batch_with_a_missing_picture_names_it(folder: Path, picture: str) -> None:
    _, events = session(folder, [{"op": "batch", "id": 1, "paths": [picture, "/nowhere.png"]}])
    assert (events[3]["code"], events[3]["id"]) == ("not-found", 1)
    assert events[3]["message"] == "/nowhere.png: there is no such file"


def test_the_interpreter_describes_itself(folder: Path) -> None:
    _, events = session(folder, [{"op": "describe", "id": "d"}])
    described = events[3]
    assert (described["event"], described["id"]) == ("description", "d")
    assert described["python"] == platform.python_version()
    assert described["compiler"] == platform.python_compiler()
    assert described["build_flags"] == (sysconfig.get_config_var("CONFIG_ARGS") or "")
    assert described["packages"]["pillow"] == metadata.version("pillow")


def test_statistics(folder: Path) -> None:
    _, events = session(folder, [{"op": "stats", "id": "s"}])
    stats = events[3]
    assert stats["id"] == "s"
    assert 10 * 1024**2 < stats["peak_rss_bytes"] < 1024**3
    assert stats["cpu_ns"] > 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": 3}, "manifest.json: it is no manifest of version 1"),
        ({"preprocessing": {}}, "the manifest's preprocessing is damaged ('mean')"),
    ],
)
def test_a_damaged_manifest_ends_the_session(
    folder: Path, changes: dict[str, object], message: str
) -> None:
    status, events = session(toy_folder(folder, **changes), [])
    assert status == 1
    assert names(events) == ["started", "imported", "error", "bye"]
    assert (events[2]["id"], events[2]["code"]) == (None, protocol.MODEL_UNUSABLE)
    assert events[2]["message"].endswith(message)


def test_a_damaged_artefact_ends_the_session(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"damaged")
    status, events = session(folder, [])
    assert status == 1
    assert (
        events[2]["message"]
        == f"{folder / 'model.onnx'}: onnxruntime can't load it (it is damaged)"
    )


def test_a_missing_runtime_ends_the_session(folder: Path, tmp_path: Path) -> None:
    (folder / "model.torchscript").touch()
    # The machine may well have torch: this one comes first and can't be imported.
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError(\"No module named 'torch'\")")
    ended = entry_point.run(folder, "session", "--backend", "torchscript", runtime=tmp_path)
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.returncode == 1
    assert names(events) == ["started", "error", "bye"]
    assert (
        "the torchscript back end can't be imported (No module named 'torch')"
        in (events[1]["message"])
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(folder: Path, number: int) -> None:
    with entry_point.start(folder, "session") as process:
        assert process.stdout
        assert process.stderr
        events = [json.loads(process.stdout.readline()) for _ in range(3)]
        assert names(events)[-1] == "ready"
        process.send_signal(number)
        assert json.loads(process.stdout.readline())["event"] == "bye"
        assert process.wait(30) == 0
        assert b"Traceback" not in process.stderr.read()


def test_a_reader_that_goes_away_ends_it_quietly(folder: Path) -> None:
    with entry_point.start(folder, "session") as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        for _ in range(3):
            process.stdout.readline()
        process.stdout.close()
        process.stdin.write(b'{"op": "stats"}\n')
        process.stdin.flush()
        assert process.wait(30) == 1
        assert b"Traceback" not in process.stderr.read()


def test_only_the_standard_library_is_there_before_the_back_end() -> None:
    code = (
        "import sys, inference.commands; "
        "print(sorted({'numpy', 'PIL', 'torch', 'onnxruntime'} & set(sys.modules)))"
    )
    ended = subprocess.run(
        [entry_point.sys.executable, "-c", code],
        cwd=entry_point.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.strip() == "[]"
