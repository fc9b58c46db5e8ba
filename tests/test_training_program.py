"""`train` as a process, with a stand-in for torch: its events, that it repeats itself, its end."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import entry_point
import pytest

from inference import protocol
from inference.commands import main
from inference.toy_data import CENTRE, toy_data

TORCH = entry_point.ROOT / "tests" / "stub_torch"
USAGE_ERROR = 2
TIMEOUT_S = 60
Events = list[dict[str, Any]]


def ended(folder: Path, *words: str, torch: Path = TORCH) -> subprocess.CompletedProcess[str]:
    return entry_point.run(folder, "train", *words, runtime=torch)


def events(output: str) -> Events:
    return [json.loads(line) for line in output.splitlines()]


def train(folder: Path, *words: str) -> Events:
    done = ended(folder, *words)
    assert done.returncode == 0, done.stderr
    return events(done.stdout)


def without_stamps(told: Events) -> Events:
    volatile = ("t_ns", "peak_rss_bytes", "cpu_ns")
    return [{k: v for k, v in event.items() if k not in volatile} for event in told]


@pytest.mark.process
def test_it_tells_each_epoch_and_what_it_learned(tmp_path: Path) -> None:
    told = train(tmp_path, "--seed", "3", "--epochs", "3", "--threads", "2")
    names = [event[protocol.EVENT] for event in told]
    assert names == ["started", "imported", "epoch", "epoch", "epoch", "trained", "bye"]
    assert told[0]["protocol"] == protocol.PROTOCOL_VERSION
    assert told[1]["versions"] == {"python": told[0]["python"], "torch": "0.stub"}
    assert [event["epoch"] for event in told[2:5]] == [1, 2, 3]
    losses = [event["loss"] for event in told[2:5]]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] < 0.6931  # ln 2, which weights of zero have
    end = told[5]
    assert (end["seed"], end["epochs"], end["threads"]) == (3, 3, 2)
    assert (end["points"], end["held_out"]) == (40_000, 10_000)
    assert end["peak_rss_bytes"] > 1_000_000
    assert end["cpu_ns"] > 0


@pytest.mark.process
def test_it_learns_the_line_between_the_classes(tmp_path: Path) -> None:
    end = train(tmp_path, "--epochs", "2")[-2]
    weights = end["weights"]
    assert set(weights) == {"weight[0]", "weight[1]", "bias"}
    # Both coordinates tell as much, and the classes lie opposite to each other.
    assert weights["weight[0]"] == pytest.approx(weights["weight[1]"], rel=0.1)
    assert abs(weights["bias"]) < 0.2 < weights["weight[0]"]
    assert 0.95 < end["accuracy"] < 0.98  # of the best line: about 0.967, as the classes overlap


@pytest.mark.process
def test_stamps_rise(tmp_path: Path) -> None:
    stamps = [event["t_ns"] for event in train(tmp_path, "--epochs", "2")]
    assert stamps == sorted(stamps)


@pytest.mark.process
def test_the_same_seed_gives_the_same_and_another_one_something_else(tmp_path: Path) -> None:
    first, again, other = (
        without_stamps(train(tmp_path, "--epochs", "1", "--seed", seed)) for seed in ("5", "5", "6")
    )
    assert first == again
    assert first[-2]["weights"] != other[-2]["weights"]


@pytest.mark.process
def test_without_torch_it_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "torch.py").write_text("raise ImportError('libtorch.so: cannot open')\n")
    done = ended(tmp_path, torch=broken)
    assert done.returncode == 1
    _, error, bye = events(done.stdout)
    assert (error["event"], error["id"], error["code"]) == ("error", None, "model-unusable")
    assert error["message"] == "torch can't be imported (libtorch.so: cannot open)"
    assert bye["event"] == "bye"
    assert "Traceback" not in done.stderr


@pytest.mark.process
def test_it_waits_for_the_end_of_its_input_when_asked_to(tmp_path: Path) -> None:
    words = ("train", "--epochs", "1", "--wait")
    with entry_point.start(tmp_path, *words, runtime=TORCH) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        told = [json.loads(process.stdout.readline()) for _ in range(4)]
        assert told[-1]["event"] == "trained"
        assert process.poll() is None
        process.stdin.close()
        assert json.loads(process.stdout.readline())["event"] == "bye"
        assert process.wait(TIMEOUT_S) == 0


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--epochs", "0"], "'0' is no number of at least 1"),
        (["--seed", "-1"], "'-1' is no number of at least 0"),
        (["--seed", "x"], "'x' is no number of at least 0"),
        (["--threads", "0"], "'0' is no number of at least 1"),
        (["--model-dir", "/x"], "unrecognized arguments"),
    ],
)
def test_wrong_usage_is_told(
    words: list[str], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["train", *words], 0)
    assert caught.value.code == USAGE_ERROR
    assert what in capsys.readouterr().err


def test_the_points_are_those_of_their_seed_for_ever() -> None:
    data = toy_data(1)
    assert data.training.coordinates[0] == FIRST_POINT
    assert data == toy_data(1)
    assert data.training.coordinates != toy_data(2).training.coordinates
    assert data.training.coordinates[:10] != data.held_out.coordinates[:10]


# With Python's documentation's word that `random()` of a seed never changes.
FIRST_POINT = (-0.4044273999737521, -0.9500048223798992)


def test_each_class_lies_around_its_centre() -> None:
    points = toy_data(0).training
    assert points.labels[:4] == [0.0, 1.0, 0.0, 1.0]
    for label, centre in ((0.0, -CENTRE), (1.0, CENTRE)):
        own = [xy for xy, one in zip(points.coordinates, points.labels) if one == label]
        for axis in (0, 1):
            values = [xy[axis] for xy in own]
            mean = sum(values) / len(values)
            assert mean == pytest.approx(centre, abs=0.01)
            variance = sum((value - mean) ** 2 for value in values) / len(values)
            assert variance == pytest.approx(0.25, abs=0.01)
