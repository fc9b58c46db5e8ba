"""`slimbench report`: blocks in a README, checks, CSV, and records that it refuses."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from full_record import full_record
from small_project import write_project

import slimbench
from bench.record import save
from bench.record_types import Record
from reports.blocks import blocks
from reports.inject import closing, opening

ROOT = Path(__file__).parent.parent
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
Call = Callable[..., tuple[int, str, str]]
RECORD = Path(".slimbench/record.json")
BEGIN, END = opening("comparison"), closing("comparison")
README = f"# Mine\r\n{BEGIN}\r\nold\r\n{END}\r\nno line feed at the end"


def small_record() -> Record:
    """`full_record`, of the variants that the project's matrix has."""
    made = full_record()
    big, small = (
        row.model_copy(update={"name": name}) for row, name in zip(made.variants, ("big", "small"))
    )
    return made.model_copy(update={"variants": (big, small), "reference": "big", "again": None})


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Iterator[Call]:
    """Runs the command in a project with a record: its exit code, output and errors."""
    before = signal.getsignal(signal.SIGTERM)
    write_project(tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("COLUMNS", "200")
    RECORD.parent.mkdir()
    save(RECORD, small_record())
    Path("README.md").write_bytes(README.encode())

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["slimbench", *words])
        with pytest.raises(SystemExit) as ended:
            slimbench.main()
        captured = capsysbinary.readouterr()
        assert isinstance(ended.value.code, int)
        output, errors = captured.out.decode(), captured.err.decode()
        return ended.value.code, COLOUR.sub("", output), COLOUR.sub("", errors)

    yield run
    signal.signal(signal.SIGTERM, before)


def refused(outcome: tuple[int, str, str], exit_code: int = 2) -> str:
    """The sentence of a failure: one line, on standard error alone."""
    code, output, errors = outcome
    assert (code, output) == (exit_code, "")
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    return errors


def contents() -> dict[str, bytes]:
    """Every file of the project."""
    paths = (path for path in Path().rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in paths}


def test_inject_rewrites_the_block_and_nothing_else(call: Call) -> None:
    before = contents()
    assert call("report", "--inject", "README.md") == (0, "README.md was rewritten\n", "")
    table = blocks(small_record())["comparison"].strip().replace("\n", "\r\n")
    made = README.replace("old", f"\r\n{table}\r\n")
    assert contents() == {**before, "README.md": made.encode()}
    assert call("report", "--inject", "README.md") == (0, "README.md is up to date\n", "")
    assert Path("README.md").read_bytes() == made.encode()


def test_check_tells_a_stale_block_and_writes_nothing(call: Call) -> None:
    before = contents()
    sentence = refused(call("report", "--inject", "README.md", "--check"), 1)
    assert sentence == (
        "error: out of date: README.md; run `slimbench report --inject README.md`\n"
    )
    assert contents() == before
    call("report", "--inject", "README.md")
    assert call("report", "--inject", "README.md", "--check") == (0, "all is up to date\n", "")


def test_reports_in_their_folder_are_checked_against_the_record_there(call: Call) -> None:
    assert "reports/published/record.json: there is no bench record" in refused(
        call("report", "--check")
    )
    assert call("report")[0] == 0
    RECORD.unlink()  # as in a fresh clone
    assert call("report", "--check") == (0, "all is up to date\n", "")
    page = Path("reports/published/comparison.md")
    page.write_text(f"{page.read_text()}touched\n")
    before = contents()
    sentence = refused(call("report", "--check"), 1)
    assert "out of date: reports/published/comparison.md; run `slimbench report`" in sentence
    assert contents() == before


def test_without_a_last_record_the_published_one_is_told(call: Call) -> None:
    call("report", "--out", "mine")
    RECORD.unlink()
    assert call("report", "--out", "mine", "--inject", "README.md")[0] == 0
    assert "`small`" in Path("README.md").read_text()
    assert call("report", "--out", "mine", "--inject", "README.md", "--check")[0] == 0
    assert "there is no bench record" in refused(call("report", "--inject", "README.md"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"none\n", f"has no line `{BEGIN}`; write it"),
        (f"{BEGIN}\n".encode(), "in line 1 without a closing one after it"),
        (f"{END}\n{BEGIN}\n".encode(), "in line 1 without an opening one before it"),
        (f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n".encode(), "in line 1 and once more; write each"),
        (f"\xff{BEGIN}\n{END}\n".encode("latin-1"), "isn't UTF-8 text (byte 0); save it as UTF-8"),
        (f"{BEGIN}\n{END}\n".encode("utf-16"), "isn't UTF-8 text (byte 0); save it as UTF-8"),
    ],
)
@pytest.mark.parametrize("check", [(), ("--check",)])
def test_a_file_with_unusable_markers_stays(
    call: Call, content: bytes, told: str, check: tuple[str, ...]
) -> None:
    Path("README.md").write_bytes(content)
    before = contents()
    sentence = refused(call("report", "--inject", "README.md", *check))
    assert sentence.startswith("error: README.md: ")
    assert told in sentence
    assert contents() == before


@pytest.mark.parametrize("check", [(), ("--check",)])
def test_a_file_that_is_none_is_one_sentence(call: Call, check: tuple[str, ...]) -> None:
    absent = refused(call("report", "--inject", "absent.md", *check))
    assert absent == "error: absent.md: there is no such file\n"
    folder = refused(call("report", "--inject", "reports", *check), 2)
    assert folder.startswith("error: reports: ")


def test_a_place_that_can_not_be_written_keeps_the_old_file(call: Call) -> None:
    Path(f".README.md.{os.getpid()}.partial").mkdir()
    before = contents()
    sentence = refused(call("report", "--inject", "README.md"))
    assert "README.md: can't be read or written (Is a directory)" in sentence
    assert contents() == before


def test_a_reports_folder_that_can_not_be_written_keeps_all(call: Call) -> None:
    call("report")
    save(RECORD, small_record().model_copy(update={"started_at": "2025-01-01T00:00:00Z"}))
    Path(f"reports/published/.comparison.csv.{os.getpid()}.partial").mkdir()
    before = contents()
    assert "reports/published: can't be read or written" in refused(call("report"))
    assert contents() == before


def test_the_project_s_own_readme_is_refreshed_by_publishing(call: Call) -> None:
    assert "README.md" in call("report")[1]
    assert call("report", "--inject", "README.md", "--check")[0] == 0
    Path("README.md").write_text(f"{BEGIN}\n")
    before = contents()
    assert "README.md: has `" in refused(call("report"))
    assert contents() == before


def test_another_matrix_leaves_the_readme_of_the_usual_one(call: Call) -> None:
    Path("mine.yaml").write_text(Path("variants.yaml").read_text())
    save(Path(".slimbench/record-mine.json"), small_record())
    assert call("-f", "mine.yaml", "report")[0] == 0
    assert Path("README.md").read_bytes() == README.encode()


@pytest.mark.parametrize("words", [("--inject", "README.md"), ("--check",)])
@pytest.mark.parametrize("printed", ["json", "csv"])
def test_what_prints_writes_no_file(call: Call, words: tuple[str, ...], printed: str) -> None:
    before = contents()
    sentence = refused(call("report", "--format", printed, *words))
    assert f"--format {printed} prints" in sentence
    assert contents() == before


@pytest.mark.parametrize("printed", ["json", "csv"])
def test_what_is_printed_is_what_is_published(call: Call, printed: str) -> None:
    code, output, errors = call("report", "--format", printed)
    assert (code, errors) == (0, "")
    call("report")
    assert Path(f"reports/published/comparison.{printed}").read_bytes() == output.encode()


def changed(**fields: object) -> bytes:
    """The record's file with other values of its first level."""
    return json.dumps({**json.loads(RECORD.read_text()), **fields}).encode()


BAD_RECORDS: dict[str, Callable[[], bytes]] = {
    "is no JSON, or cut off": lambda: RECORD.read_bytes()[:-20],
    "is no bench record": lambda: b'{"results": []}\n',
    "is a bench record of version 3; this slimbench reads 2": lambda: changed(version=3),
    "is a bench record of version 1; this slimbench reads 2": lambda: changed(version=1),
    "isn't what slimbench writes at surprise": lambda: changed(surprise=1),
    "is a record of another workload or model (resnet50, not the usual ones)": lambda: changed(
        edition="resnet50"
    ),
    "is a record of another matrix: there is no variant x": lambda: changed(
        variants=[{**json.loads(RECORD.read_text())["variants"][0], "name": "x"}]
    ),
    "is stale: there is no variant gone": lambda: changed(
        variants=[
            {**row, "name": name}
            for row, name in zip(json.loads(RECORD.read_text())["variants"], ("big", "gone"))
        ]
    ),
}


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--format", "json"),
        ("--format", "csv"),
        ("--inject", "README.md"),
        ("--inject", "README.md", "--check"),
    ],
)
@pytest.mark.parametrize("told", list(BAD_RECORDS))
def test_a_record_that_can_not_be_told_of_is_one_sentence(
    call: Call, told: str, words: tuple[str, ...]
) -> None:
    Path("reports/published").mkdir(parents=True)
    Path("reports/published/comparison.md").write_text("of an earlier run\n")
    RECORD.write_bytes(BAD_RECORDS[told]())
    before = contents()
    sentence = refused(call("report", *words))
    assert f".slimbench/record.json: {told}" in sentence
    assert contents() == before


def test_a_published_record_that_can_not_be_read_is_one_sentence(call: Call) -> None:
    call("report")
    Path("reports/published/record.json").write_text("{")
    assert "is no JSON, or cut off" in refused(call("report", "--check"))


@pytest.mark.process
@pytest.mark.parametrize(
    "setting",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "Asia/Kathmandu"},
        {"LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "1", "TZ": "America/St_Johns"},
        {"PYTHONHASHSEED": "4242", "TZ": "UTC", "COLUMNS": "20", "NO_COLOR": "1"},
    ],
)
def test_the_same_record_gives_the_same_bytes_everywhere(
    call: Call, tmp_path: Path, setting: dict[str, str]
) -> None:
    """Markdown, JSON, CSV and the README's block of another process, in another environment."""
    call("report")
    here = {name: one for name, one in contents().items() if not name.endswith(".svg")}
    Path("README.md").write_bytes(README.encode())
    environment = {**os.environ, **setting, "PYTHONPATH": str(ROOT)}
    printing = (
        [("report", "--format", one) for one in ("csv", "json")] if "LC_ALL" in setting else []
    )
    for words in (("report",), *printing):
        command = [sys.executable, "-m", "slimbench", *words]
        ran = subprocess.run(command, env=environment, capture_output=True, check=True)
        if "--format" in words:
            assert ran.stdout == here[f"reports/published/comparison.{words[-1]}"]
    there = contents()
    assert {name: there[name] for name in here} == here
