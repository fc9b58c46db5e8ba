"""The command line without an engine: what it prints, and how each expected failure ends."""

from __future__ import annotations

import json
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from report_records import record as example_record
from small_project import write_project

import slimbench
from bench.record import save

ROOT = Path(__file__).parent.parent
COLOUR = re.compile(r"\x1b\[[0-9;]*m")  # some CI systems ask for it
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_project(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def call(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Call]:
    """Runs the command in the project's folder: its exit code, output and errors."""
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.chdir(project)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{project}/absent.sock")

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["slimbench", *words])
        with pytest.raises(SystemExit) as ended:
            slimbench.main()
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, COLOUR.sub("", captured.out), COLOUR.sub("", captured.err)

    yield run
    signal.signal(signal.SIGTERM, before)


def refused(outcome: tuple[int, str, str], exit_code: int) -> str:
    """The sentence of a failure: one line, on standard error alone."""
    code, output, errors = outcome
    assert (code, output) == (exit_code, "")
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    return errors


def test_list_shows_the_variants(call: Call) -> None:
    code, output, errors = call("list")
    assert (code, errors) == (0, "")
    heading, big, small = output.splitlines()
    assert heading.split() == ["name", "changed", "after", "base", "requirements", "runtime"]
    assert big.split() == ["big", "the", "habit", "-", "full", "set", "onnx"]
    assert small.split() == ["small", "less", "big", "full", "set", "onnx"]


def test_another_workload_or_model_is_chosen_at_the_command(call: Call, project: Path) -> None:
    code, output, _ = call("list", "--json", "--model", "tiny")
    assert (code, [row["edition"] for row in json.loads(output)]) == (0, ["latest", "latest"])
    assert "no variant has the workload 'serve'" in refused(call("list", "--workload", "serve"), 2)
    assert "perhaps you meant 'tiny'" in refused(call("bench", "--model", "tinny"), 2)
    code, _, errors = call("list", "--workload", "dance")
    assert code == 2
    assert "'dance' is not one of" in errors


def test_list_as_json_is_the_matrix_of_a_ci(call: Call) -> None:
    code, output, _ = call("list", "--json", "--only", "small")
    (row,) = json.loads(output)
    assert code == 0
    assert (row["name"], row["after"], row["dockerfile"]) == (
        "small",
        "big",
        "dockerfiles/small.Dockerfile",
    )


def test_another_matrix_is_named_before_the_command(call: Call) -> None:
    code, output, _ = call("-f", str(ROOT / "variants.yaml"), "list", "--json")
    assert code == 0
    assert {"fat", "distroless-onnx"} <= {row["name"] for row in json.loads(output)}


def test_no_words_show_the_commands(call: Call) -> None:
    _, output, errors = call()
    for command in ("list", "doctor", "build", "verify", "bench", "report", "run", "clean"):
        assert f" {command} " in output + errors


@pytest.mark.parametrize(
    ("words", "told"), [(("lst",), "lst"), (("list", "--jsn"), "--jsn"), (("-x",), "-x")]
)
def test_unknown_words_are_a_matter_of_configuration(
    call: Call, words: tuple[str, ...], told: str
) -> None:
    code, output, errors = call(*words)
    assert (code, output) == (2, "")
    assert told in errors


@pytest.mark.parametrize(
    "words",
    [
        ("build", "smal"),
        ("list", "--only", "smal"),
        ("run", "--only", "smal"),
        ("bench", "--only", "big,smal"),
    ],
)
def test_an_unknown_variant_is_told_with_the_likely_one(call: Call, words: tuple[str, ...]) -> None:
    sentence = refused(call(*words), 2)
    assert "there is no variant 'smal'; perhaps you meant 'small'" in sentence


@pytest.mark.parametrize("command", ["bench", "run"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--max-time", "10m"), "must be a duration of a second or more"),
        (("--precision", "2"), "--precision"),
        (("--cache", "hot"), "--cache"),
    ],
)
def test_how_much_to_measure_is_checked(
    call: Call, command: str, words: tuple[str, ...], told: str
) -> None:
    code, output, errors = call(command, *words)
    assert (code, output) == (2, "")
    assert told in errors


@pytest.mark.parametrize("only", ["", "x*"])
@pytest.mark.parametrize("command", ["list", "build", "run", "doctor"])
def test_nothing_selected(call: Call, command: str, only: str) -> None:
    assert "no variant matches" in refused(call(command, "--only", only), 3)


@pytest.mark.parametrize("command", ["list", "doctor", "build", "verify", "bench", "run", "report"])
def test_a_missing_matrix(call: Call, command: str) -> None:
    sentence = refused(call("-f", "absent.yaml", command), 2)
    assert "absent.yaml" in sentence


def test_every_problem_of_the_matrix_is_told_with_its_line(call: Call, project: Path) -> None:
    matrix = project / "variants.yaml"
    text = matrix.read_text().replace("reference: big", "reference: bigg")
    matrix.write_text(text.replace("changed: less", "chnged: less"))
    code, output, errors = call("build")
    assert (code, output) == (2, "")
    first, *problems = errors.splitlines()
    assert first.startswith("error: ")
    assert "in the matrix; correct the file" in first
    assert "variants.yaml:3: reference: " in problems[0]
    assert "perhaps you meant 'big'" in problems[0]
    assert any("chnged" in line and "perhaps you meant 'changed'" in line for line in problems)
    assert all(line.startswith("  ") for line in problems)
    assert len(problems) == int(first.split(" problems")[0].rsplit(" ", maxsplit=1)[-1])


NEED_AN_ENGINE = [("build",), ("verify",), ("bench",), ("run",), ("clean",)]


@pytest.mark.parametrize("words", NEED_AN_ENGINE)
def test_no_engine_is_one_sentence(call: Call, words: tuple[str, ...]) -> None:
    sentence = refused(call(*words), 4)
    assert "there is no engine's socket" in sentence
    assert "bash install_dev_tools.sh" in sentence


def test_a_closed_port_is_one_sentence(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{taken.getsockname()[1]}")
        sentence = refused(call("build"), 4)
    assert "the engine is not running" in sentence


def test_the_matrix_is_checked_before_the_engine_is_asked(call: Call) -> None:
    refused(call("build", "absent"), 2)


def test_debug_shows_the_traceback(call: Call) -> None:
    code, _, errors = call("--debug", "build")
    assert code == 4
    assert errors.startswith("Traceback (most recent call last):")
    assert "error: " in errors.splitlines()[-1]


def test_a_report_without_a_record_says_what_makes_one(call: Call) -> None:
    sentence = refused(call("report"), 2)
    assert "there is no bench record" in sentence
    assert "slimbench run" in sentence


@pytest.fixture
def recorded(project: Path) -> Path:
    path = project / ".slimbench" / "record.json"
    path.parent.mkdir()
    save(path, example_record())
    return path


def test_report_writes_both_files_and_says_where(call: Call, recorded: Path) -> None:
    code, output, errors = call("report", "--out", "mine")
    assert (code, errors) == (0, "")
    for name in ("comparison.md", "comparison.json", "comparison.csv"):
        assert f"mine/{name}" in output
    code, printed, _ = call("report", "--format", "json")
    assert code == 0
    assert Path("mine/comparison.json").read_text() == printed


def test_a_report_folder_that_cannot_be_written(call: Call, recorded: Path) -> None:
    Path("taken").write_text("a file\n")
    sentence = refused(call("report", "--out", "taken"), 2)
    assert "taken: can't be read or written" in sentence
    assert "--out" in sentence
    assert Path("taken").read_text() == "a file\n"


def test_an_unknown_format_of_report_is_told_with_the_known_ones(call: Call) -> None:
    code, _, errors = call("report", "--format", "yaml")
    assert code == 2
    assert "markdown" in errors
    assert "json" in errors


def test_doctor_without_an_engine_says_what_is_missing_first(
    call: Call, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = project / "variants.yaml"
    recipe = "{suite: bookworm, variant: minbase, packages: [python3]}"
    text = matrix.read_text().replace(
        "full: {registry: ", f"full: {{bootstrap: {recipe}, registry: "
    )
    matrix.write_text(f"base_source: bootstrap\n{text}")  # no host is asked whether it answers
    code, output, _ = call("doctor", "--json")
    engine, *others = json.loads(output)
    assert code == 4
    assert (engine["subject"], engine["state"]) == ("engine", "problem")
    assert "install_dev_tools.sh" in engine["advice"]
    assert [row["subject"] for row in others] == ["disk", "base full", "wheels set", "model tiny"]
