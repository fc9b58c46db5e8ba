"""Rows whose conditions differ aren't compared, and the condition is named."""

from __future__ import annotations

from typing import Any

import pytest
from report_records import measured, record, samples

from bench.comparability import DifferingCondition, differing, python_minor, whole_rounds
from bench.record_types import Record, VariantRecord
from bench.scenario_types import Interpreter
from bench.stop_rule import Decision


def row(**changes: Any) -> VariantRecord:
    return measured("x", None, "", 100, 1000, 10).model_copy(update=changes)


def python(version: str, flags: str = "") -> Interpreter:
    return Interpreter(python=version, compiler="GCC", build_flags=flags, packages={})


def test_rows_of_one_run_compare():
    assert differing(row(), row(name="y", samples=samples(1500, 20))) == ()


@pytest.mark.parametrize(
    ("changes", "name", "baseline", "candidate"),
    [
        ({"model": "resnet18"}, "model", "mobilenet_v2", "resnet18"),
        ({"runtime_threads": 2}, "threads used", "1", "2"),
        ({"interpreter": python("3.12.1")}, "Python", "3.11", "3.12"),
        ({"samples": samples(1000, 10, n=9)}, "cold starts", "10", "9"),
        ({"samples": samples(1000, 10, requests=3)}, "requests in each container", "12", "3"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_condition_that_differs_is_named(
    changes: dict[str, Any], name: str, baseline: str, candidate: str
):
    one = row(interpreter=python("3.11.2"))
    (found,) = differing(one, one.model_copy(update=changes))
    assert found == DifferingCondition(name=name, baseline=baseline, candidate=candidate)


def test_an_image_that_was_rebuilt_is_another_one():
    old = row()
    assert old.build is not None
    new = row(build=old.build.model_copy(update={"image_id": "sha256:new"}))
    (found,) = differing(old, new)
    assert (found.name, found.baseline) == ("image", "as inspected")
    assert found.candidate == "sha256:new, rebuilt since it was inspected"


def test_warm_ups_that_differ_are_named():
    few = tuple(sample.model_copy(update={"warmup_ns": ()}) for sample in row().samples)
    (found,) = differing(row(), row(samples=few))
    assert (found.name, found.baseline, found.candidate) == ("warm-ups in each container", "1", "0")


def test_what_a_recipe_chooses_is_no_condition():
    pulled, own = python("3.11.9", "--enable-optimizations"), python("3.11.2")
    assert differing(row(interpreter=pulled), row(interpreter=own, runtime="onnx")) == ()
    assert python_minor("3.11.9") == "3.11"


def test_what_is_not_known_counts_for_nothing():
    unknown = row(runtime_threads=None, interpreter=None, runtime_versions={}, image=None)
    assert differing(row(runtime_threads=2, interpreter=python("3.12.1")), unknown) == ()


def test_all_that_differs_is_named():
    names = [one.name for one in differing(row(), row(model="m", runtime_threads=4, samples=()))]
    assert names == ["model", "threads used", "cold starts"]


def unfinished(**counts: int) -> Record:
    """A run that was broken off with so many samples of each."""
    rows = (row(name=name, samples=samples(900, 9, n=n)) for name, n in counts.items())
    return record(*rows).model_copy(update={"sampled": tuple(counts)})


def numbers(made: Record) -> list[int]:
    return [len(one.samples) for one in made.variants]


def test_a_round_that_was_broken_off_is_left_out_for_all():
    assert numbers(whole_rounds(unfinished(a=8, b=8, c=7))) == [7, 7, 7]
    assert numbers(whole_rounds(unfinished(a=8, b=8, c=0))) == [0, 0, 0]


def test_the_reference_measured_twice_takes_part_in_rounds():
    made = unfinished(a=8, b=8)
    again = row(name="a (again)", samples=samples(900, 9, n=7))
    whole = whole_rounds(made.model_copy(update={"again": again}))
    assert numbers(whole) == [7, 7]
    assert whole.again is not None
    assert len(whole.again.samples) == 7


def test_what_failed_keeps_no_round_from_being_whole():
    made = unfinished(a=8, b=8, c=2)
    broken = made.variants[2].model_copy(update={"status": "failed"})
    made = made.model_copy(update={"variants": (*made.variants[:2], broken)})
    assert numbers(whole_rounds(made))[:2] == [8, 8]


def test_rounds_of_a_run_that_ended_are_all_whole():
    made = unfinished(a=8, b=7)
    stop = Decision(reason="precise", samples=7, elapsed_s=1, precision=0.02, half_widths={})
    made = made.model_copy(update={"stop": stop})
    assert whole_rounds(made) is made
    assert numbers(whole_rounds(record(row()))) == [10]
