from __future__ import annotations

import json

import pytest

from reports import terminal

ROWS = ({"variant": "slim", "size_mb": 12.5}, {"variant": "fat [bold]", "size_mb": None})


def test_results_go_to_standard_output(capsys: pytest.CaptureFixture[str]):
    terminal.show(ROWS, as_json=False)
    heading, slim, fat = capsys.readouterr().out.splitlines()
    assert heading.split() == ["variant", "size", "mb"]
    assert slim.split() == ["slim", "12.5"]
    assert fat.split() == ["fat", "[bold]", "-"]


def test_json_is_for_programs(capsys: pytest.CaptureFixture[str]):
    terminal.show(ROWS, as_json=True)
    assert json.loads(capsys.readouterr().out) == list(ROWS)
    terminal.show((), as_json=True)
    assert json.loads(capsys.readouterr().out) == []


def test_without_rows_there_is_no_table(capsys: pytest.CaptureFixture[str]):
    terminal.show((), as_json=False)
    assert capsys.readouterr().out == ""


def test_failures_go_to_standard_error_the_first_marked(capsys: pytest.CaptureFixture[str]):
    terminal.complain(["slim: it broke", "its last [line]"])
    captured = capsys.readouterr()
    assert captured.err.splitlines() == ["error: slim: it broke", "  its last [line]"]
    assert captured.out == ""
