"""Phases, imports, throughput, pulls and memory: hand-computed from the full record."""

from __future__ import annotations

from typing import Any

import pytest
from full_record import CROWDED, FAT, QUIET, SLIM, full_record, start
from report_records import ladder_of_seven, record, samples, variant

from bench.record_types import Record, VariantRecord
from bench.sample_types import Usage
from bench.scenario_types import ImportRun, PulledLayer
from reports import figures, pull_columns, start_columns, usage_columns
from reports.columns import JUDGED, LATENCY_P50, certainty
from reports.gaps import gaps, lacks
from reports.imports import by_module, imports_frame, module_ms
from reports.markdown import render
from reports.markup import MISSING
from reports.measured import sections
from reports.parts import Variants, page
from reports.throughput import by_batch, pictures_per_s, throughput_frame
from reports.timeline import timeline
from reports.verdicts import judge


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]


def headings(made: Record) -> list[str]:
    lines = page(sections(made, judge(made, JUDGED))).splitlines()
    return [line[3:] for line in lines if line.startswith("## ")]


def fat(**changes: Any) -> VariantRecord:
    return FAT.model_copy(update=changes)


def test_every_part_has_its_section():
    assert headings(full_record()) == [
        "Every pair of variants",
        "Phases of a cold start",
        "Latency of all requests",
        "Imports",
        "How sure the medians are",
        "Throughput",
        "Memory and processor time",
        "Pulling",
    ]


def test_parts_without_data_have_none():
    assert headings(record(variant("later"))) == []
    assert headings(ladder_of_seven()) == [
        "Every pair of variants",
        "Phases of a cold start",
        "Latency of all requests",
        "How sure the medians are",
    ]


def test_a_part_that_nobody_has_says_why():
    made = record(SLIM.model_copy(update={"throughput": ()}))
    assert "Pulling" in headings(made)
    assert lacks(made, "pulls") == "- `slim`: docker-registry isn't installed."
    assert lacks(made, "throughput") == "- `slim` with 2 threads: the container was killed."
    assert lacks(made, "imports") == ""


def test_phases_are_contiguous_and_sum_to_the_cold_start():
    line = timeline(full_record())
    assert [column.heading for column in line] == [
        "create",
        "engine start",
        "interpreter",
        "imports",
        "model load",
        "first answer",
        "cold start",
        "stop",
    ]
    row = fat(samples=FAT.samples[:1])
    *parts, whole, _ = [column.value(row) for column in line]
    assert parts == [20, 100, 30, 1800, 30, 20]
    assert sum(parts) == whole  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("splits", "first"),
    [
        ([True], ["create and engine start", "interpreter"]),
        ([False], ["launch"]),
        ([True, False], ["launch", "create and engine start", "interpreter"]),
    ],
)
def test_a_launch_that_some_can_not_split_is_told_whole(splits: list[bool], first: list[str]):
    rows = (
        variant(str(split), status="measured", samples=samples(900, 9, split=split))
        for split in splits
    )
    line = timeline(record(*rows))
    launch = line[: line.index(start_columns.IMPORTS)]
    assert [column.heading for column in launch] == first


def test_imports_are_medians_over_the_runs_and_sum_to_the_whole():
    found = module_ms(FAT)
    assert (found["torch"], found["numpy"], found["m8"], found["m7"]) == (950, 90, 8, 3.5)
    assert sum(found.values()) == 1062


def test_each_variants_largest_8_modules_are_rows_and_the_rest_one():
    _, _, *rows = cells(by_module(full_record()))
    assert [row[0] for row in rows] == [
        *(f"`{name}`" for name in ("torch", "numpy", "onnxruntime")),
        *(f"`m{number}`" for number in range(8, 2, -1)),
        "all others",
        "**sum**",
        "imports of the timed starts",
    ]
    assert [row[1] for row in rows][-3:] == ["1.5", "1,062.0", "1,809.5"]
    assert rows[2][1:] == ["", "", "60.0"]


def test_a_variant_without_an_import_run_is_left_out():
    made = record(FAT, SLIM.model_copy(update={"imports": ()}))
    assert cells(by_module(made))[0] == ["ms", "`fat`"]
    assert module_ms(fat(status="failed")) == {}
    assert by_module(record(fat(imports=()))) == ""


def test_of_equal_modules_the_order_is_that_of_their_names():
    run = ImportRun(self_ns=dict.fromkeys("cab", 1000000))
    assert [row[0] for row in cells(by_module(record(fat(imports=(run,)))))][2:5] == [
        "`a`",
        "`b`",
        "`c`",
    ]


def test_pictures_a_second_are_of_the_median_batch():
    medians = {setting: rate.median for setting, rate in pictures_per_s(FAT).items()}
    assert medians == {(1, 1): 25, (1, 8): 50, (2, 1): 40, (2, 8): 80}
    assert pictures_per_s(fat(status="failed")) == {}


def test_containers_count_once_each_in_throughput():
    (one,) = FAT.throughput[:1]
    slow = one.model_copy(update={"round": 1, "elapsed_ns": (100_000_000,) * 9})
    row = fat(throughput=(one, slow))
    (rate,) = pictures_per_s(row).values()
    assert rate == (17.5, 10, 25, 2)
    assert cells(by_batch(record(row)))[-1][-2:] == ["2", "42.9"]  # 7.5 of 17.5


def test_throughput_tells_what_batches_and_threads_bring():
    heading, _, *rows = cells(by_batch(full_record()))
    batches = ["batch 1", "batch 8", "batching brings"]
    assert heading == ["variant", "threads", "used", *batches, "containers", "spread, ±%"]
    assert {tuple(row[-2:]) for row in rows} == {("1", "0.0")}
    assert [row[:-2] for row in rows] == [
        ["`fat`", "1", "1", "25.0", "50.0", "2.00× at 8"],  # noqa: RUF001
        ["`fat`", "2", "2", "40.0 (1.60×)", "80.0 (1.60×)", "2.00× at 8"],  # noqa: RUF001
        ["`slim`", "1", "1", "25.0", "50.0", "2.00× at 8"],  # noqa: RUF001
        ["`onnx`", "1", "1", "100.0", "100.0", "nothing"],
    ]


def test_threads_that_the_runtime_did_not_take_are_told():
    odd = FAT.throughput[2].model_copy(update={"threads_used": 1})
    rows = cells(by_batch(record(fat(throughput=(*FAT.throughput[:1], odd)))))
    assert rows[-1][1:5] == ["2", "1", "40.0 (1.60×)", MISSING]  # noqa: RUF001


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (pull_columns.PULLS, 3),
        (pull_columns.TRANSFERRED, 50_000_000),
        (pull_columns.TOTAL, 4.1),
        (pull_columns.DOWNLOAD, 1.025),
        (pull_columns.UNPACK, 2.05),
        # At 100 Mbit/s both are there after 4 s, the lower one unpacked; 3/8 of 4.1 s are left.
        (pull_columns.SLOW, 4.0 + 1.5375),
        # At 1 Gbit/s the lower one is there after 0.32 s; unpacking takes longer than the line.
        (pull_columns.FAST, 0.32 + 0.5125 + 1.5375),
        (usage_columns.COLD_PEAK, 250_000_019),
        (usage_columns.CGROUP_PEAK, 500_000_019),
        (usage_columns.DOCKER_STATS, 320_000_000),
        (usage_columns.COLD_CPU, 2.0),
        (usage_columns.STEADY_CPU, 0.48),
        (usage_columns.REQUEST_CPU, 40.0),  # of 2 warm-ups and 10 requests
        (start_columns.DISTURBED, 1),
    ],
    ids=lambda given: getattr(given, "key", None),
)
def test_a_column_computes_its_metric(column: Any, value: float):
    assert column.value(FAT) == pytest.approx(value)
    assert column.value(fat(status="failed")) is None


def test_a_pull_that_does_not_tell_its_unpacking_is_not_modelled():
    layers = (PulledLayer(compressed_bytes=1),)
    update = {"unpack_ns": None, "layers": layers}
    untold = tuple(pull.model_copy(update=update) for pull in FAT.pulls)
    assert pull_columns.SLOW.value(fat(pulls=untold)) is None
    assert pull_columns.TOTAL.value(fat(pulls=untold)) == pytest.approx(4.1)
    made = record(fat(pulls=untold), fat(name="b"))
    assert "no unpack, modelled at 100 Mbit/s, modelled at 1 Gbit/s (the engine's" in gaps(made)


def test_what_the_kernel_does_not_keep_is_a_dash_with_a_reason():
    blind = tuple(one.model_copy(update={"usage": Usage()}) for one in FAT.samples)
    made = record(FAT, fat(name="blind", samples=blind))
    assert usage_columns.REQUEST_CPU.value(made.variants[1]) is None
    assert "docker stats, CPU of a start, CPU of all requests, CPU a request (the kernel" in gaps(
        made
    )
    assert gaps(record(fat(samples=blind))) == ""


def test_samples_are_flagged_by_cause_and_stay():
    assert figures.causes(FAT.samples) == {"hypervisor": 1, "others": 1}
    assert figures.disturbed_count(FAT.samples) == 1
    assert start_columns.COLD_STARTS.value(FAT) == 20
    twice = start(0, 900, 9).model_copy(update={"disturbances": (QUIET, CROWDED, CROWDED)})
    assert figures.causes([twice]) == {"others": 1}
    assert figures.disturbed_count(samples(900, 9)) is None


def test_outliers_are_counted_and_kept():
    odd = start(20, 9000, 40_000)
    columns = {column.key: column for column in certainty(7)}
    row = fat(samples=(*FAT.samples, odd))
    assert columns["cold_start_outliers"].value(FAT) == 0
    assert columns["cold_start_outliers"].value(row) == 1
    assert columns["cold_starts"].value(row) == 21
    assert columns["latency_p50_outliers"].value(row) == 0


def test_the_latency_told_is_the_one_that_is_judged():
    """Of two containers one is slow: over all requests the median would be the fast one's."""
    slow = start(0, 900, 80_000).model_copy(update={"latency_ns": (80_000_000,)})
    assert LATENCY_P50.value(fat(samples=(start(0, 900, 40_000), slow))) == 60


def test_details_leave_out_rows_without_any_value():
    made = record(FAT, variant("later"))
    parts = sections(made, judge(made, JUDGED))
    phases = [page([part]) for part in parts if isinstance(part, Variants)]
    assert any("engine start, ms" in text for text in phases)
    assert not any("`later`" in text for text in phases)
    assert "`later`" in render(made)


def test_long_data_frames():
    throughput = throughput_frame(full_record()).set_index(["variant", "threads", "batch"])
    assert throughput.loc[("fat", 2, 8), "pictures_per_s"] == 80
    assert len(throughput) == 8
    imports = imports_frame(full_record()).set_index(["variant", "module"])
    assert imports.loc[("onnx", "onnxruntime"), "self_ms"] == 60
    assert len(imports_frame(record())) == len(throughput_frame(record())) == 0
