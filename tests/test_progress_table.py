"""What is seen while rounds are taken: lines elsewhere, a bar and the table on a terminal."""

from __future__ import annotations

import io
import re

import pytest
from report_records import measured, record, variant
from rich.console import Console

from bench.record_types import Record
from bench.standing import Standing, TimeLeft, standing, time_left
from bench.stop_rule import Decision, StopRule
from reports import progress_table
from reports.progress_table import shown

RULE = StopRule(precision=0.02, max_time_s=600, seed=1, fewest=20, most=100)
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def decision(n: int, elapsed_s: float = 60, reason: str = "go on", **widths: float) -> Decision:
    return Decision.model_validate(
        {
            "reason": reason,
            "samples": n,
            "elapsed_s": elapsed_s,
            "precision": 0.02,
            "half_widths": widths,
        }
    )


def half_done() -> Record:
    fat = measured("fat", None, "the habit", 6000, 2000, 40)
    broken = variant(
        "slim", status="failed", failed_step="measure", reason="it ended [here]\x1b[2J"
    )
    again = fat.model_copy(update={"name": "fat (again)"})
    left_out = variant("onnx", status="failed", failed_step="verify", reason="wrong")
    rows = record(fat, broken, left_out)
    return rows.model_copy(update={"again": again, "sampled": ("fat", "slim", "fat (again)")})


def at(name: str, known: Decision) -> Standing:
    return standing(half_done(), name, known, RULE)


def test_those_that_take_part_stand_in_the_table():
    assert [row.name for row in at("", decision(10)).rows] == ["fat", "slim", "fat (again)"]


@pytest.mark.parametrize(
    ("known", "left_s", "at_least"),
    [
        (decision(0, 0), 0, True),
        (decision(3, 30, a=0.1).model_copy(update={"half_widths": {"a": None}}), 170, True),
        (decision(10, 100, a=0.01), 100, False),  # precise already, but fewer than twenty
        (decision(20, 200, a=0.03), 250, False),  # (3 / 2) squared times as many: 45
        (decision(20, 200, a=0.01, b=0.03), 250, False),
        (decision(20, 40, a=0.2), 160, False),  # a hundred at most
        (decision(20, 400, a=0.2), 200, False),  # out of time before
        (decision(40, 650, a=0.2), 0, False),
    ],
)
def test_the_time_left_is_that_of_the_rounds_that_are_needed(
    known: Decision, left_s: float, at_least: bool
):
    found = time_left(known, RULE)
    assert (round(found.seconds), found.at_least) == (left_s, at_least)


def test_a_run_too_short_for_an_interval_ends_at_its_most():
    rule = StopRule(precision=0.02, max_time_s=600, seed=1, fewest=2, most=4)
    known = Decision(
        reason="go on", samples=1, elapsed_s=5, precision=0.02, half_widths={"a": None}
    )
    assert time_left(known, rule) == TimeLeft(15, at_least=False)


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (TimeLeft(0, at_least=True), "time left unknown"),
        (TimeLeft(0, at_least=False), "nearly done"),
        (TimeLeft(45, at_least=False), "about 45 s left"),
        (TimeLeft(200, at_least=True), "at least 3 min left"),
    ],
)
def test_time_left_in_words(left: TimeLeft, told: str):
    assert progress_table.time_left(left) == told


def test_the_share_is_that_of_the_time():
    assert at("fat", decision(0, 0)).share == 0
    assert at("fat", decision(20, 200, a=0.03)).share == pytest.approx(200 / 450)
    assert at("", decision(40, 650, "out of time", a=0.2)).share == 1


@pytest.mark.parametrize("verbose", [False, True])
def test_away_from_a_terminal_there_is_a_line_for_each_round(verbose: bool):
    file = io.StringIO()
    with shown(verbose, Console(file=file, width=200)) as display:
        display.say("verify [slim]", 0.5)
        display.watch(at("fat", decision(19, a=0.03)))
        display.watch(at("", decision(20, 200, a=0.03, b=0.01)))
        display.watch(at("", decision(21, 210, "precise", a=0.02)))
        display.tell("stopped after 21 rounds: all medians within 2 %")
    assert file.getvalue().splitlines() == [
        "verify [slim]",
        "round 20 of at most 100, widest interval 3.0% of the median (a), about 4 min left",
        "round 21 of at most 100, widest interval 2.0% of the median (a)",
        "stopped after 21 rounds: all medians within 2 %",
    ]


def test_on_a_terminal_there_is_the_table_so_far():
    file = io.StringIO()
    console = Console(file=file, width=110, height=30, force_terminal=True, color_system=None)
    with shown(False, console) as display:
        display.say("verify slim", 0.5)
        display.watch(at("slim", decision(10, 100, fat=0.031)))
        display.tell("the engine doesn't answer; waiting for it")
    text = ESCAPES.sub("", file.getvalue())
    assert "round 11 of at most 100: slim, " in text
    assert "the engine doesn't answer; waiting for it\n" in text
    (fat,) = {line.strip() for line in text.splitlines() if re.match(r"fat +\d", line)}
    assert fat.split() == ["fat", "10", "2,004.5", "3.1", "40.55"]
    assert re.search(r"\nfat \(again\) +10 ", text)
    assert "it ended [here]\\x1b[2J" in text
    assert "\x1b[2J" not in file.getvalue().replace("\\x1b", "")
    assert "wrong" not in text
