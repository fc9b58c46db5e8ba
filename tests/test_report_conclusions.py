"""The sentences below the first table, and the table of what was the same for all."""

from __future__ import annotations

from typing import Any

from full_record import FAT, ONNX, SLIM, full_record, interpreter, starts
from report_records import ladder_of_seven, record, variant, verified

from bench.record_types import Record
from reports import fairness
from reports.columns import JUDGED
from reports.conclusions import conclusions
from reports.verdicts import judge


def told(made: Record) -> list[str]:
    return [line[2:] for line in conclusions(made, judge(made, JUDGED)).splitlines()]


def conditions(made: Record) -> dict[str, str]:
    lines = fairness.conditions(made).splitlines()[2:]
    rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    return dict(rows)  # type: ignore[arg-type]


def changed(**changes: Any) -> Record:
    return full_record().model_copy(update=changes)


def test_what_the_full_record_comes_to():
    size, start, answer, noise, _, ended, disturbed = told(full_record())
    assert size == "`onnx` is the smallest image: 250.0 MB, 4.2 % of `fat`."
    assert start.startswith("`onnx` starts fastest (509.5 ms); `fat` takes 3.94 (")
    assert start.endswith(" times as long as `onnx`.")
    assert answer.startswith("`onnx` answers fastest (10.01 ms); `fat` takes 4.00 (")
    assert noise.startswith("The cold start of `fat` against its own: 1.005 (")
    assert ended == "Measuring stopped after 20 rounds: all medians within 2 %."
    assert disturbed == (
        "3 of 60 cold starts were disturbed and count all the same (the hypervisor took CPU time"
        " away: 3; other processes used the container's CPUs: 3)."
    )


def test_two_that_can_not_be_told_apart_are_fastest_together():
    twin = ONNX.model_copy(update={"name": "twin", "samples": starts(499, 10_000)})
    sentences = told(changed(variants=(FAT, ONNX, twin)))
    assert sentences[0].startswith("`onnx` and `twin` are the smallest images: 250.0 MB")
    assert sentences[1].startswith(
        "`twin` and `onnx` start fastest (508.5 and 509.5 ms); they can't be told apart"
    )


def test_a_reference_that_is_fastest_itself_is_not_set_against_itself():
    slow = SLIM.model_copy(update={"samples": starts(3000, 90_000)})
    assert told(changed(variants=(FAT, slow)))[1] == "`fat` starts fastest (2,009.5 ms)."


def test_variants_that_are_all_the_same_have_no_fastest():
    sentences = told(changed(variants=(FAT, SLIM)))
    assert "No two variants can be told apart by their cold start." in sentences


def test_where_too_little_compares_nobody_is_called_best():
    few = SLIM.model_copy(update={"samples": SLIM.samples[:7]})
    sentences = told(changed(variants=(FAT, few)))
    assert "Nobody can be called best in cold start: too little compares." in sentences
    assert (
        "1 pair isn't compared: their conditions differ (see every pair of variants)." in sentences
    )


def test_too_few_samples_are_told_as_such():
    few = [row.model_copy(update={"samples": row.samples[:3]}) for row in (FAT, SLIM)]
    assert "Too few samples to tell anybody apart by cold start." in told(
        changed(variants=tuple(few))
    )


def test_a_run_without_the_reference_twice_says_how_to_get_it():
    sentences = told(changed(again=None))
    (noise,) = [one for one in sentences if "against itself" in one]
    assert noise.startswith("`fat` wasn't measured against itself (`--aa` does that)")


def test_a_run_that_was_broken_off_says_so():
    assert "Measuring hasn't ended, or was broken off: what is finished counts." in told(
        changed(stop=None)
    )


def test_a_quiet_machine_is_told_and_an_unwatched_one_is_not():
    quiet = FAT.model_copy(update={"samples": FAT.samples[:3]})
    assert told(changed(variants=(quiet,)))[-1] == "None of the 3 cold starts was disturbed."
    assert not any("disturbed" in one for one in told(ladder_of_seven()))


def test_a_run_that_has_only_begun_comes_to_nothing():
    assert told(record(variant("fat"), variant("slim"))) == []


def test_what_was_the_same_is_told_once():
    found = conditions(full_record())
    assert found["threads used"] == "1"
    assert found["cold starts taken"] == "20"
    assert found["cold starts asked for"] == "20 to 100"
    assert found["precision asked for"] == "medians within 2 %"
    assert found["why measuring ended"] == "precise"
    assert found["frequency governor"] == "not told"


def test_what_differs_stands_with_the_names():
    assert conditions(full_record())["Python"] == "3.11.2: `fat`; 3.11.9: `slim`, `onnx`"


def test_packages_in_different_versions_are_told():
    assert fairness.packages(full_record()).splitlines()[-1].split() == [
        "|",
        "`torch`",
        "|",
        "2.0+cu130",
        "|",
        "2.0+cpu",
        "|",
        "|",
    ]
    same = record(FAT, FAT.model_copy(update={"name": "b"}))
    assert fairness.packages(same).startswith("Every Python package that several images hold")
    assert fairness.packages(ladder_of_seven()) == ""


def test_each_way_an_interpreter_was_built_is_told_once():
    flags = fairness.build_flags(full_record())
    assert flags.count("--enable-optimizations") == 1
    assert "`slim`, `onnx`:" in flags
    untold = record(FAT.model_copy(update={"interpreter": interpreter("3.11.2", "")}))
    assert fairness.build_flags(untold) == ""


def test_images_are_told_by_their_ids():
    assert "`sha256:image-fat`" in fairness.images(full_record())
    assert fairness.images(record(variant("later"))) == ""


def test_what_computes_something_else_is_told_with_the_share_that_agrees():
    checked = verified(0.3, agreeing=11).model_copy(update={"top1_wanted": 0.8, "tolerance": 1.0})
    sentence = (
        "`int8` computes something else than `fat`: their best class is the same on 91.7 % of 12"
        " pictures (80.0 % are asked for)."
    )
    assert sentence in told(record(FAT, variant("int8", after="fat", verification=checked)))
    assert sentence not in told(record(FAT))
