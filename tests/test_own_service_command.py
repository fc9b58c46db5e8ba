"""A command of the user's own that answers and ends, on the in-memory engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from own_line import RIGHT, command_line
from whole_line import by_name

from builders.fake_container import Output, Wait

EXPECT = "json: {$.species: setosa}"
SAID: list[Output] = [("stderr", "warming up"), json.dumps(RIGHT)]
BOTH = {"full": SAID, "slim": SAID}


def test_every_run_is_a_sample(tmp_path: Path) -> None:
    record = command_line(tmp_path, BOTH, EXPECT).run()
    assert (record.workload, record.conditions.network) == ("command", "none")
    for row in record.variants:
        assert (row.status, len(row.samples)) == ("measured", 2)
        for sample in row.samples:
            phases = sample.phases
            assert (phases.ready_ns, phases.imports_ns, phases.stop_ns) == (None, None, None)
            assert phases.total_ns == phases.launch_ns + phases.first_answer_ns
            assert sample.latency_ns == (phases.first_answer_ns,)


def test_its_files_are_seen_read_only_and_its_arguments_passed_on(tmp_path: Path) -> None:
    line = command_line(tmp_path, BOTH, EXPECT)
    line.run("verify")
    for spec in line.specs:
        assert (spec.command, spec.network) == (("/data/one.json",), "none")
        (mount,) = spec.mounts
        assert (mount.source, mount.target) == (line.root / "one.json", "/data/one.json")
        assert mount.read_only


def test_standard_output_alone_is_the_answer(tmp_path: Path) -> None:
    scripts = {"full": SAID, "slim": [("stderr", '{"species": "setosa"}'), "rose"]}
    rows = by_name(command_line(tmp_path, scripts, EXPECT).run("verify"))
    assert rows["full"].status == "verified"
    assert rows["slim"].reason == "the answer is no JSON: 'rose'"


def test_another_exit_code_is_told_with_what_it_said(tmp_path: Path) -> None:
    line = command_line(tmp_path, {"full": SAID, "slim": [("stderr", "no such file")]}, EXPECT)
    line.exit_codes["slim"] = 2
    rows = by_name(line.run())
    assert rows["full"].status == "measured"
    assert rows["slim"].reason == ("ended with exit code 2 instead of 0, saying 'no such file'")


def test_one_that_hangs_is_told_with_its_last_lines(tmp_path: Path) -> None:
    line = command_line(tmp_path, {"full": SAID, "slim": ["loading", Wait.FOREVER]}, EXPECT)
    rows = by_name(line.run("verify"))
    assert "ran longer than 1 s, after writing: loading" in rows["slim"].reason


@pytest.mark.parametrize(("said", "status"), [(SAID, "verified"), (["rose"], "failed")])
def test_the_reference_is_the_measure_where_nothing_else_is_said(
    tmp_path: Path, said: list[Output], status: str
) -> None:
    rows = by_name(command_line(tmp_path, {"full": SAID, "slim": said}).run("verify"))
    assert (rows["full"].status, rows["slim"].status) == ("verified", status)


def test_expected_text_and_exit_code(tmp_path: Path) -> None:
    line = command_line(
        tmp_path, {"full": ["ok"], "slim": ["ok"]}, "exit_code: 3, text: {equals: ok}"
    )
    line.exit_codes = {"full": 3, "slim": 0}
    rows = by_name(line.run("verify"))
    assert rows["full"].status == "verified"
    assert "ended with exit code 0 instead of 3, saying 'ok'" in rows["slim"].reason
