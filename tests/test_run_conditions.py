"""Which conditions keep the times of two runs apart."""

from __future__ import annotations

import pytest
from report_records import SEEDED
from two_runs import rebuilt, row, run

from bench.record_types import Asked, Part, Record
from bench.run_conditions import CONDITIONS, differing_runs, differing_times, same_inputs


def other(record: Record, part: str, **values: object) -> Record:
    changed = getattr(record, part).model_copy(update=values)
    return record.model_copy(update={part: changed})


ENVIRONMENT = {
    "slimbench": "9.9",
    "cpu_model": "Other CPU",
    "cpus": 64,
    "governor": "performance",
    "hypervisor": "KVM",
    "kernel": "9.9",
    "engine": "99",
    "storage_driver": "btrfs",
    "cgroup_version": "1",
}
CONDITIONS_ASKED = {
    "cpu_set": "7",
    "threads": 7,
    "memory_bytes": 7,
    "network": "host",
    "page_cache": "cold",
    "warmups": 7,
    "requests": 7,
}


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        *(("environment", *item) for item in ENVIRONMENT.items()),
        *(("conditions", *item) for item in CONDITIONS_ASKED.items()),
    ],
)
def test_each_condition_keeps_times_apart(part: str, key: str, value: object) -> None:
    old = run(row("slim"))
    (found,) = differing_runs(old, other(old, part, **{key: value}), "slim")
    assert str(value) in found.candidate
    assert found.baseline != found.candidate


def test_every_condition_has_a_case() -> None:
    assert len(CONDITIONS) == len(ENVIRONMENT) + len(CONDITIONS_ASKED) + 2  # and the two below


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("environment", "python", "3.9"),
        ("environment", "memory_bytes", 1),
        ("environment", "operating_system", "other"),
        ("conditions", "seed", 99),
        ("conditions", "most_cold_starts", 99),
        ("conditions", "max_time_s", 99.0),
    ],
)
def test_what_takes_no_part_in_a_sample_does_not(part: str, key: str, value: object) -> None:
    old = run(row("slim"))
    assert differing_times(old, other(old, part, **{key: value}), "slim") == ()


def test_other_weights_keep_times_apart() -> None:
    old = run(row("slim"), models=(SEEDED,))
    new = run(row("slim"), models=(SEEDED.model_copy(update={"seed": 99}),))
    (found,) = differing_runs(old, new, "slim")
    assert (found.name, found.baseline, found.candidate) == ("weights", "seeded 20", "seeded 99")


def test_another_request_keeps_times_apart_and_another_expectation_does_not() -> None:
    asked = Asked(kind="http", request="POST /a", expected="x", tolerance=0, timeout_s=1)
    old = run(row("slim"), asked=asked)
    new = run(row("slim"), asked=asked.model_copy(update={"request": "POST /b"}))
    (found,) = differing_runs(old, new, "slim")
    assert found.name == "what was asked"
    same = run(row("slim"), asked=asked.model_copy(update={"expected": "y"}))
    assert differing_runs(old, same, "slim") == ()


def test_a_variant_of_a_merged_record_has_the_machine_of_its_own_run() -> None:
    old = run(row("slim"), row("fat"))
    environment = old.environment.model_copy(update={"cpu_model": "Other CPU"})
    part = Part(name="slim", started_at="", environment=environment)
    rows = (row("slim").model_copy(update={"part": "slim"}), row("fat"))
    new = run(*rows, parts=(part,))
    (found,) = differing_times(old, new, "slim")
    assert (found.name, found.candidate) == ("CPU model", "Other CPU")
    assert differing_times(old, new, "fat") == ()


def test_how_a_variant_ran_counts_and_how_often_does_not() -> None:
    old = run(row("slim"))
    few = row("slim").model_copy(update={"samples": row("slim").samples[:7]})
    assert differing_times(old, run(few), "slim") == ()
    more = row("slim").model_copy(update={"runtime_threads": 8})
    (found,) = differing_times(old, run(more), "slim")
    assert (found.name, found.baseline, found.candidate) == ("threads used", "1", "8")


def test_the_same_inputs_or_the_same_image_are_alike() -> None:
    one = row("slim")
    assert one.build is not None
    again = one.build.model_copy(update={"image_id": "sha256:other"})
    assert same_inputs(one, one.model_copy(update={"build": again}))
    moved = one.build.model_copy(update={"context_digest": "other"})
    assert same_inputs(one, one.model_copy(update={"build": moved}))
    assert not same_inputs(one, rebuilt(one))
    assert not same_inputs(one, None)
    assert not same_inputs(one, one.model_copy(update={"build": None}))
