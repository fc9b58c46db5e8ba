"""Records of single variants joined into one: what is kept, and what can't be joined."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from full_record import full_record
from report_records import variant
from run_records import run_of, untouched, without_reference

from bench.comparability import RUN, differing
from bench.merging import merged
from bench.record import load, save
from bench.record_types import Record
from bench.rows import without_samples
from bench.stop_rule import Decision
from builders.errors import ConfigurationError

Change = Callable[[Record], Record]


def jobs() -> list[tuple[str, Record]]:
    """Three jobs on three machines, the reference's own being the slowest."""
    return [
        ("fat.json", run_of("fat", started_at="2024-06-12T10:00:02Z", fat_ms=3000)),
        ("slim.json", run_of("slim", started_at="2024-06-12T10:00:01Z")),
        ("onnx.json", run_of("onnx")),
    ]


def test_every_row_comes_from_its_own_run_in_the_order_of_the_matrix():
    record = merged(jobs())
    given = {name: {row.name: row for row in run.variants} for name, run in jobs()}
    assert [row.name for row in record.variants] == ["fat", "slim", "onnx"]
    for row in record.variants:
        own = given[f"{row.name}.json"][row.name]
        assert row == own.model_copy(update={"part": row.name})
    assert record.sampled == ("fat", "fat (again)", "slim", "onnx")
    assert record.again == jobs()[0][1].again


def test_the_run_tells_when_and_how_long_it_took_in_all():
    record = merged(jobs())
    assert record.started_at == "2024-06-12T10:00:00Z"
    assert (record.measured_s, record.load1) == (180.0, None)
    assert record.stop == Decision(
        reason="precise",
        samples=20,
        elapsed_s=180.0,
        precision=0.02,
        half_widths=dict.fromkeys(record.sampled, 0.004),
    )
    assert [(part.name, part.load1) for part in record.parts] == [
        ("fat", 0.5),
        ("slim", 0.5),
        ("onnx", 0.5),
    ]


def test_without_a_run_of_its_own_the_reference_is_of_the_first_variant_s():
    record = merged(jobs()[1:])
    fat = record.variants[0]
    assert (fat.part, fat.samples) == ("slim", jobs()[1][1].variants[0].samples)
    assert record.again == jobs()[1][1].again
    assert record.sampled == ("fat", "slim", "fat (again)", "onnx")


def test_the_order_of_the_files_is_of_no_matter():
    expected = merged(jobs())
    assert all(merged(order) == expected for order in permutations(jobs()))


def test_a_run_that_knew_the_reference_s_answers_brings_its_variant_alone():
    records = [
        (name, run if name == "fat.json" else without_reference(run)) for name, run in jobs()
    ]
    assert merged(records) == merged(jobs()).model_copy(
        update={
            "parts": tuple(
                part if part.name == "fat" else part.model_copy(update={"sampled": (part.name,)})
                for part in merged(jobs()).parts
            )
        }
    )


def test_no_rows_of_different_runs_compare():
    fat, slim, onnx = merged(jobs()).variants
    for one, other in [(fat, slim), (fat, onnx), (slim, onnx)]:
        (condition,) = differing(one, other)
        assert (condition.name, condition.baseline, condition.candidate) == (
            RUN,
            one.name,
            other.name,
        )


def test_rows_of_one_run_still_do():
    fat, slim, onnx = merged(jobs()[1:]).variants
    assert differing(fat, slim) == ()
    assert [condition.name for condition in differing(fat, onnx)] == [RUN]


def test_a_variant_that_failed_is_a_row_like_the_others():
    failed = variant("onnx", status="failed", failed_step="build", reason="RUN false failed")
    broken = jobs()[2][1]
    broken = broken.model_copy(update={"variants": (*broken.variants[:2], failed)})
    record = merged([*jobs()[:2], ("onnx.json", broken)])
    assert record.variants[2] == failed.model_copy(update={"part": "onnx"})


def test_a_variant_that_no_run_is_of_stays_pending():
    record = merged(jobs()[:2])
    assert record.variants[2] == untouched(jobs()[2][1].variants[2])


def test_rows_that_were_kept_of_an_earlier_run_are_not_this_run_s():
    name, slim = jobs()[1]
    left = slim.variants[2].model_copy(update={"status": "verified"})
    slim = slim.model_copy(update={"variants": (*slim.variants[:2], left)})
    assert merged([jobs()[0], (name, slim), jobs()[2]]) == merged(jobs())


def test_exports_of_different_machines_are_all_told():
    name, onnx = jobs()[2]
    other = onnx.models[0].model_copy(update={"sha256": {"model.onnx": "cccc"}})
    record = merged([*jobs()[:2], (name, onnx.model_copy(update={"models": (other,)}))])
    assert record.models == (*onnx.models, other)


def test_one_that_was_merged_already_is_whole():
    record = merged(jobs())
    assert merged([("record.json", record)]) == record


def test_machines_may_differ():
    name, onnx = jobs()[2]
    place = onnx.environment.model_copy(update={"cpu_model": "Another CPU"})
    record = merged([*jobs()[:2], (name, onnx.model_copy(update={"environment": place}))])
    assert record.environment.cpu_model == "Example CPU"
    assert [part.environment.cpu_model for part in record.parts] == [
        *["Example CPU"] * 2,
        "Another CPU",
    ]


def stopped(record: Record, **changes: Any) -> Record:
    assert record.stop is not None
    return record.model_copy(update={"stop": record.stop.model_copy(update=changes)})


def test_one_run_that_ended_imprecise_is_told():
    name, onnx = jobs()[2]
    widths = {**dict.fromkeys(onnx.sampled, 0.004), "onnx": 0.05}
    slow = stopped(onnx, reason="out of time", samples=9, half_widths=widths)
    stop = merged([*jobs()[:2], (name, slow)]).stop
    assert stop is not None
    assert stop.sentence == (
        "ran out of time after 180 s and 9 rounds: medians not within 2 %: onnx 5 %"
    )


def test_a_run_in_which_all_failed_leaves_the_others_decision():
    name, onnx = jobs()[2]
    nobody = stopped(onnx, reason="nobody left", samples=0, half_widths={})
    stop = merged([*jobs()[:2], (name, nobody)]).stop
    assert stop is not None
    assert (stop.reason, stop.samples) == ("precise", 20)


def test_it_is_saved_and_read_like_any_record(tmp_path):
    path = tmp_path / "new" / "record.json"
    save(path, merged(jobs()))
    assert load(path) == merged(jobs())


def test_measuring_anew_makes_it_one_run_again():
    record = without_samples(merged(jobs()))
    assert record.parts == ()
    assert {row.part for row in record.variants} == {""}


def refusal(*records: tuple[str, Record]) -> str:
    with pytest.raises(ConfigurationError) as refused:
        merged(records)
    return str(refused.value)


def conditions(**changes: Any) -> Change:
    return lambda record: record.model_copy(
        update={"conditions": record.conditions.model_copy(update=changes)}
    )


def changed(**changes: Any) -> Change:
    return lambda record: record.model_copy(update=changes)


def environment(**changes: Any) -> Change:
    return lambda record: record.model_copy(
        update={"environment": record.environment.model_copy(update=changes)}
    )


def model(**changes: Any) -> Change:
    return lambda record: record.model_copy(
        update={"models": (record.models[0].model_copy(update=changes),)}
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            changed(matrix_digest="sha256:ef"),
            "matrix digest is sha256:abcd in A and sha256:ef in B",
        ),
        (changed(workload="serve"), "workload is predict in A and serve in B"),
        (changed(edition="resnet50"), "edition is nothing in A and resnet50 in B"),
        (changed(reference="slim"), "reference is fat in A and slim in B"),
        (conditions(cpu_set="0"), "cpu set is 1 in A and 0 in B"),
        (conditions(threads=2), "threads is 1 in A and 2 in B"),
        (conditions(memory_bytes=1), "memory bytes is 2000000000 in A and 1 in B"),
        (conditions(page_cache="cold"), "page cache is warm in A and cold in B"),
        (conditions(requests=5), "requests is 12 in A and 5 in B"),
        (environment(slimbench="9"), "slimbench's version is 0.1.0 in A and 9 in B"),
        (model(seed=21), "model mobilenet_v2's seed is 20 in A and 21 in B"),
        (model(weights="file"), "model mobilenet_v2's weights is seeded in A and file in B"),
    ],
)
def test_a_condition_that_differs_is_named_with_both_files_and_values(change: Change, told: str):
    sentence = refusal(("A", run_of("fat")), ("B", change(run_of("slim"))))
    assert sentence == (
        f"the records can't be merged: {told}; measure all of them under the same conditions"
    )


def test_all_conditions_that_differ_are_told():
    change = conditions(threads=2, warmups=9)
    sentence = refusal(("A", run_of("fat")), ("B", change(run_of("slim"))))
    assert "threads is 1 in A and 2 in B; warmups is 1 in A and 9 in B" in sentence


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ([("A", run_of("slim")), ("B", run_of("slim"))], "slim is in A and in B; leave one"),
        ([("A", run_of("fat")), ("B", run_of("fat"))], "fat is in A and in B; leave one"),
        ([("A", merged(jobs())), jobs()[2]], "A: was merged already; merge the records"),
        ([("A", full_record())], "A: holds slim, onnx, which took turns"),
        ([("A", changed(stop=None)(run_of("slim")))], "A: its measuring was broken off"),
        ([("A", changed(workload="train")(run_of("slim")))], "A: trainings are compared by"),
        (
            [("A", run_of("fat").model_copy(update={"variants": (), "sampled": ()}))],
            "A: holds no variant that was built",
        ),
        (
            [("A", without_reference(run_of("slim")))],
            "no record holds the reference, fat; merge one of its own run too",
        ),
    ],
)
def test_what_makes_no_record(records: list[tuple[str, Record]], told: str):
    assert told in refusal(*records)
