"""`slimbench probe`: its table, its JSON and its exit codes."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from faulty_service import Fault, service
from right_service import predicted, refusal
from service_faults import FAULTS, instead

import slimbench
from bench.probe.basic_checks import BASIC
from bench.probe.checks import TESTS
from bench.probe.pictures import generated

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ROOT = Path(__file__).parent.parent
PATIENT_S = 60
SECRET = "s3cret"
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Runs the command: its exit code, output and errors."""
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["slimbench", "probe", *words])
        with pytest.raises(SystemExit) as ended:
            slimbench.main()
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, COLOUR.sub("", captured.out), COLOUR.sub("", captured.err)

    yield run
    signal.signal(signal.SIGTERM, before)


def refused(outcome: tuple[int, str, str], exit_code: int) -> str:
    code, output, errors = outcome
    assert (code, output) == (exit_code, ""), errors
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    return errors


def test_a_right_service(call: Call):
    with service() as running:
        code, output, errors = call(running.url)
    assert (code, errors) == (0, "")
    heading, *lines = output.splitlines()
    assert heading.split() == ["check", "state", "expected", "came", "ms"]
    assert [line.split()[0] for line in lines[:3]] == ["health", "readiness", "prediction"]
    assert lines[-1] == f"{running.url}: 3 passed, 0 failed, 2 skipped"
    classes = [line.split() for line in lines if line[:4].strip().isdigit()]
    expected = predicted(generated(0).content)["top"]
    assert [(int(rank), int(one)) for rank, one, *_ in classes] == [
        (one["rank"], one["class_id"]) for one in expected
    ]


def test_all_options(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    picture = tmp_path / "photo.png"
    picture.write_bytes(generated(1).content)
    monkeypatch.setenv("SERVICE_TOKEN", SECRET)
    class_id = predicted(generated(1).content)["class_id"]
    words = ["--run-tests", "--token-env", "SERVICE_TOKEN", "--image", str(picture), "--json"]
    limits = ["--requests", "6", "--concurrency", "2", "--timeout", "20", "--max-ms", "60000"]
    with service(token=SECRET) as running:
        outcome = call(running.url + "/", *words, *limits, "--expect-class", str(class_id))
    code, output, errors = outcome
    assert (code, errors) == (0, "")
    found = json.loads(output)
    assert (found["version"], found["url"], found["passed"]) == (1, running.url, True)
    assert [one["name"] for one in found["checks"]] == [check.name for check in (*BASIC, *TESTS)]
    assert {one["state"] for one in found["checks"]} == {"passed"}
    load = found["checks"][-1]["detail"]
    assert (load["requests"], load["concurrency"], load["answered"]) == (6, 2, 6)
    assert SECRET not in output
    assert set(running.authorizations) == {f"Bearer {SECRET}"}


def test_a_failed_check_is_exit_code_1(call: Call):
    with service(FAULTS["health contradicts itself"]) as running:
        code, output, errors = call(running.url)
        assert (code, errors) == (1, "")
        assert "1 failed" in output.splitlines()[-1]
        code, output, _ = call(running.url, "--json")
    assert (code, json.loads(output)["passed"]) == (1, False)


@pytest.mark.process
def test_ctrl_c_ends_a_long_load():
    words = [
        "-m",
        "slimbench",
        "probe",
        "--run-tests",
        "--requests",
        "100000",
        "--concurrency",
        "2",
    ]
    with service() as running:
        command = [sys.executable, *words, running.url]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            while not any(asked.earlier > 3 for asked in running.asked):  # only the load keeps them
                assert process.poll() is None
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=PATIENT_S)
    assert process.returncode == 130
    assert output == b""
    assert len(running.asked) < 100_000


def test_what_a_service_says_does_not_reach_the_terminal_raw(call: Call):
    nasty = Fault("health", lambda asked: True, instead(refusal(404, "x", "\x1b[2J [bold]")))
    with service(nasty) as running:
        _, output, _ = call(running.url)
    assert "\x1b" not in output
    assert "\\x1b[2J [bold]" in output


def test_a_service_that_is_not_there_is_one_sentence(call: Call):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        sentence = refused(call(url, "--json"), 1)
    assert f"{url}: nothing listens there; check the URL" in sentence


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("127.0.0.1:8000", "this is no URL of a service"),
        ("ftp://127.0.0.1", "this is no URL of a service"),
        ("http://", "this is no URL of a service"),
        ("http://127.0.0.1:port", "this is no URL of a service"),
        ("http://[::1", "this is no URL of a service"),
        ("http://127.0.0.1/?key=s3cret", "a service's URL has no query and no blank"),
        ("http://127.0.0.1/a b", "a service's URL has no query and no blank"),
        ("http://someone:s3cret@127.0.0.1", "may hold a password"),
    ],
)
def test_a_url_that_is_none(call: Call, url: str, told: str):
    sentence = refused(call(url), 2)
    assert told in sentence
    assert SECRET not in sentence


def test_a_picture_that_is_not_there(call: Call, tmp_path: Path):
    absent, empty = tmp_path / "absent.jpg", tmp_path / "empty.jpg"
    empty.touch()
    for path, told in ((absent, "No such file"), (tmp_path, "directory"), (empty, "is empty")):
        sentence = refused(call("http://127.0.0.1:1", "--image", str(path)), 2)
        assert str(path) in sentence
        assert told in sentence


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, "is not set"), ("", "is not set"), ("s3cret\nX: y", "no bearer token"), ("ä", "no be")],
)
def test_a_variable_without_a_token(
    call: Call, monkeypatch: pytest.MonkeyPatch, value: str | None, told: str
):
    monkeypatch.delenv("SERVICE_TOKEN", raising=False)
    if value is not None:
        monkeypatch.setenv("SERVICE_TOKEN", value)
    sentence = refused(call("http://127.0.0.1:1", "--token-env", "SERVICE_TOKEN"), 2)
    assert "SERVICE_TOKEN" in sentence
    assert told in sentence
    assert SECRET not in sentence


def test_a_token_in_plain_text_is_warned_of(call: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SERVICE_TOKEN", SECRET)
    words = ("--token-env", "SERVICE_TOKEN", "--timeout", "5")
    for url, warned in (("http://absent.invalid", True), ("http://localhost:1", False)):
        code, _, errors = call(url, *words)
        assert code == 1
        assert ("plain text" in errors) == warned
        assert SECRET not in errors


@pytest.mark.parametrize(
    "words", [("--requests", "0"), ("--concurrency", "0"), ("--max-ms", "x"), ("--timeout", "0")]
)
def test_wrong_numbers(call: Call, words: tuple[str, ...]):
    code, output, errors = call("http://127.0.0.1:1", *words)
    assert (code, output) == (2, "")
    assert words[0] in errors
