"""`slimbench merge` and the words of `run --serial`, as a user types them, without an engine."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from run_records import run_of
from small_project import write_project

import slimbench
from bench.merging import merged
from bench.record import load, save

Call = Callable[..., tuple[int, str, str]]
MERGE = ("merge", "fat.json", "slim.json", "onnx.json", "--out", "merged.json")


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Call]:
    """Runs the command in a folder with a matrix and three records: exit code, output, errors."""
    before = signal.getsignal(signal.SIGTERM)
    write_project(tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/absent.sock")
    for name in ("fat", "slim", "onnx"):
        save(Path(f"{name}.json"), run_of(name))

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["slimbench", *words])
        with pytest.raises(SystemExit) as ended:
            slimbench.main()
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, captured.out, captured.err

    yield run
    signal.signal(signal.SIGTERM, before)


def refused(outcome: tuple[int, str, str]) -> str:
    """The sentence of a refusal: one line, on standard error alone, and nothing written."""
    code, output, errors = outcome
    assert (code, output) == (2, "")
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert not Path("merged.json").exists()
    return errors


def test_records_become_one(call: Call) -> None:
    code, output, errors = call(*MERGE)
    assert (code, errors) == (0, "")
    assert output == "wrote merged.json, merged from the runs of fat, slim, onnx\n"
    names = ("fat", "slim", "onnx")
    assert load(Path("merged.json")) == merged([(name, run_of(name)) for name in names])


def test_the_order_of_the_files_gives_the_same_bytes(call: Call) -> None:
    call(*MERGE)
    call("merge", "onnx.json", "fat.json", "slim.json", "--out", "other.json")
    assert Path("other.json").read_bytes() == Path("merged.json").read_bytes()


def name_in_the_matrix(*names: str) -> None:
    """Variants of which there are records."""
    recipe = Path("dockerfiles/big.Dockerfile").read_text()
    with Path("variants.yaml").open("a") as matrix:
        for name in names:
            Path(f"dockerfiles/{name}.Dockerfile").write_text(recipe)
            matrix.write(f"  {name}: {{changed: the habit}}\n")


def test_a_report_of_it_is_written_as_of_any(call: Call) -> None:
    code, output, _ = call(*MERGE[:-2])
    assert (code, output.split(",")[0]) == (0, "wrote .slimbench/record.json")
    name_in_the_matrix("fat", "slim", "onnx")
    code, _, errors = call("report", "--out", "mine")
    assert (code, errors) == (0, "")
    assert "in 3 runs, the first started" in Path("mine/comparison.md").read_text()


def test_other_conditions_are_refused_and_named(call: Call) -> None:
    onnx = run_of("onnx")
    asked = onnx.conditions.model_copy(update={"threads": 2})
    save(Path("onnx.json"), onnx.model_copy(update={"conditions": asked}))
    sentence = refused(call(*MERGE))
    assert "threads is 1 in fat.json and 2 in onnx.json" in sentence


def test_what_was_there_stays_when_it_is_refused(call: Call) -> None:
    Path("kept.json").write_text("old")
    assert "slim is in slim.json and in slim.json" in refused(
        call("merge", "fat.json", "slim.json", "slim.json", "--out", "kept.json")
    )
    assert Path("kept.json").read_text() == "old"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is no bench record"),
        ('{"version": 2, "started', "is no JSON, or cut off"),
        ("[]", "is no bench record"),
        ('{"version": 3}', "version 3; this slimbench reads 2"),
        ('{"version": 1}', "version 1; this slimbench reads 2"),
    ],
)
def test_a_file_that_is_no_record_is_refused(call: Call, content: str | None, told: str) -> None:
    Path("onnx.json").unlink()
    if content is not None:
        Path("onnx.json").write_text(content)
    sentence = refused(call(*MERGE))
    assert "onnx.json: " in sentence
    assert told in sentence


def test_a_folder_that_cannot_be_written(call: Call) -> None:
    Path("taken").write_text("a file")
    assert "taken/merged.json: can't be written" in refused(call(*MERGE[:-1], "taken/merged.json"))


def test_a_record_is_not_replaced_by_what_it_became_part_of(call: Call) -> None:
    before = Path("fat.json").read_bytes()
    sentence = refused(call(*MERGE[:-1], "./fat.json"))
    assert "fat.json: is one of the records to merge; choose another file with --out" in sentence
    assert Path("fat.json").read_bytes() == before


def test_without_records_there_is_nothing_to_merge(call: Call) -> None:
    code, output, errors = call("merge", "--out", "merged.json")
    assert (code, output) == (2, "")
    assert "Missing argument" in errors


def test_another_matrix_has_a_record_of_its_own(call: Call) -> None:
    code, output, _ = call("-f", "mine.yaml", *MERGE[:-2])
    assert (code, output.split(",")[0]) == (0, "wrote .slimbench/record-mine.json")


def test_a_limit_of_the_disk_is_for_serial_runs(call: Call) -> None:
    sentence = refused(call("run", "--disk", "10G"))
    assert "--disk limits what --serial keeps at a time; say --serial too" in sentence


@pytest.mark.parametrize("size", ["10X", "G", "0", "-1G", "ten"])
def test_a_size_that_is_none(call: Call, size: str) -> None:
    code, output, errors = call("run", "--serial", "--disk", size)
    assert (code, output) == (2, "")
    assert "--disk" in errors


def test_a_serial_run_asks_for_an_engine_like_others(call: Call) -> None:
    code, _, errors = call("run", "--serial", "--disk", "10G")
    assert code == 4
    assert "there is no engine's socket" in errors
