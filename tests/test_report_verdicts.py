"""Verdicts of a record's pairs, and how the page tells them."""

from __future__ import annotations

from typing import Any

import pytest
from full_record import FAT, SLIM, full_record, starts
from report_records import measured, record, samples

from bench.record_types import Record
from reports import pairs
from reports.columns import JUDGED, LATENCY_P50
from reports.ladder import ladder
from reports.markup import MISSING
from reports.start_columns import COLD_START
from reports.verdicts import Verdicts, judge


def judged(made: Record) -> Verdicts:
    return judge(made, JUDGED)


def changed(name: str, **changes: Any) -> Record:
    """The full record with another row of this name."""
    made = full_record()
    rows = (row.model_copy(update=changes) if row.name == name else row for row in made.variants)
    return made.model_copy(update={"variants": tuple(rows)})


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]


def test_the_ratio_is_that_of_the_medians_and_the_floor_that_of_the_reference_against_itself():
    found = judged(full_record())
    told = found.of(COLD_START, "fat", "onnx")
    assert told is not None
    assert told.ratio == pytest.approx(509.5 / 2009.5)
    assert told.verdict == "faster"
    floor = found.floors[COLD_START.key]
    assert floor is not None
    assert floor.ratio == pytest.approx(2019.5 / 2009.5)
    assert told.noise_floor == floor.floor


def test_both_ways_round_agree():
    found = judged(full_record())
    back = found.of(COLD_START, "onnx", "fat")
    assert back is not None
    assert (back.verdict, back.ratio) == ("slower", pytest.approx(2009.5 / 509.5))


def test_a_difference_within_the_noise_floor_is_the_same():
    """Ten ms of 2010 are significant with 20 starts, but `fat` again is as far from `fat`."""
    made = changed("slim", samples=starts(2009, 40_000))
    told = judged(made).of(COLD_START, "fat", "slim")
    assert told is not None
    assert told.corrected_p < 0.05
    assert told.verdict == "same"
    alone = judged(made.model_copy(update={"again": None})).of(COLD_START, "fat", "slim")
    assert alone is not None
    assert alone.verdict == "slower"


@pytest.mark.parametrize("status", ["failed", "verified"])
def test_times_of_a_failed_variant_are_not_judged(status: str):
    made = changed("onnx", status=status)
    assert (judged(made).of(COLD_START, "fat", "onnx") is None) == (status == "failed")


def test_a_second_measurement_that_failed_gives_no_floor():
    made = full_record()
    assert made.again is not None
    broken = made.again.model_copy(update={"status": "failed", "reason": "it hung"})
    made = made.model_copy(update={"again": broken})
    assert judged(made).floors == {COLD_START.key: None, LATENCY_P50.key: None}
    told = pairs.against_itself(made, COLD_START, judged(made))
    assert told == "Measuring `fat` a second time failed: it hung."


def test_few_samples_of_the_second_measurement_give_no_floor():
    made = full_record()
    assert made.again is not None
    few = made.again.model_copy(update={"samples": made.again.samples[:5]})
    made = made.model_copy(update={"again": few})
    told = pairs.against_itself(made, COLD_START, judged(made))
    assert told == "`fat` was measured against itself, but not often enough to show the noise."


def test_what_the_reference_shows_against_itself_is_told():
    told = pairs.against_itself(full_record(), COLD_START, judged(full_record()))
    assert told.startswith("The cold start of `fat` against its own: 1.005 (")
    assert "differs by 0.5 % or less is called the same" in told


def test_a_duration_of_nothing_has_no_ratio_and_breaks_no_page():
    made = changed("onnx", samples=starts(500, 0))
    assert judged(made).of(LATENCY_P50, "fat", "onnx") is None
    assert judged(made).of(COLD_START, "fat", "onnx") is not None


def test_the_matrix_has_each_pair_once():
    heading, _, *rows = cells(pairs.matrix(full_record(), COLD_START, judged(full_record())))
    assert heading == ["", "`fat`", "`slim`"]
    assert [[cell.split(" (")[0] for cell in row] for row in rows] == [
        ["`slim`", "same 1.000", ""],
        ["`onnx`", "**faster** 0.254", "**faster** 0.254"],
    ]


def test_one_variant_has_no_pairs():
    assert pairs.matrix(record(FAT), COLD_START, judged(record(FAT))) == ""


def test_pairs_whose_conditions_differ_are_named_and_not_compared():
    made = changed("onnx", runtime_threads=2)
    found = judged(made)
    assert found.of(COLD_START, "fat", "onnx") is None
    assert cells(pairs.matrix(made, COLD_START, found))[-1] == ["`onnx`", *["not compared"] * 2]
    assert pairs.not_compared(found).splitlines() == [
        "- `fat` and `onnx` aren't compared: threads used 1 and 2.",
        "- `slim` and `onnx` aren't compared: threads used 1 and 2.",
    ]
    assert cells(ladder(made, found))[-1][-2:] == ["not compared", "not compared"]


def test_pairs_that_are_not_compared_still_count_in_the_correction():
    with_all = judged(full_record()).of(COLD_START, "fat", "slim")
    without = judged(changed("onnx", runtime_threads=2)).of(COLD_START, "fat", "slim")
    assert with_all == without


def test_few_samples_are_told_as_such():
    rows = [measured(name, None, "", 1, start_ms, 9) for name, start_ms in [("a", 900), ("b", 300)]]
    few = [row.model_copy(update={"samples": samples(300, 9, n=3)}) for row in rows]
    found = judged(record(*few))
    assert cells(pairs.matrix(record(*few), COLD_START, found))[-1] == ["`b`", "too few samples"]
    rung = few[1].model_copy(update={"after": "a"})
    made = record(few[0], rung)
    assert cells(ladder(made, judged(made)))[-1][-2:] == ["too few samples"] * 2


def test_an_unfinished_round_is_left_out_where_a_run_was_broken_off():
    rows = (FAT, SLIM.model_copy(update={"samples": SLIM.samples[:-1]}))
    names = {"sampled": ("fat", "slim")}
    found = judged(record(*rows).model_copy(update=names)).of(COLD_START, "fat", "slim")
    assert found is not None
    assert (found.baseline_n, found.candidate_n, found.ratio) == (19, 19, 1)


def test_a_variant_that_was_not_measured_has_no_cell():
    assert pairs.told(None) == MISSING


def test_pairs_as_a_data_frame():
    made = pairs.pairs_frame(judged(full_record())).set_index(["metric", "baseline", "candidate"])
    assert len(made) == 2 * 6
    told = made.loc[("cold_start_ms", "fat", "onnx")]
    assert told["ratio"] == pytest.approx(509.5 / 2009.5)
    assert told["low"] < told["ratio"] < told["high"]
    assert told["verdict"] == "faster"
