import json
from pathlib import Path

import pytest
from full_record import full_record
from report_records import ladder_of_seven, record, variant, verified

from reports.image_columns import CATEGORIES
from reports.json_report import render

SNAPSHOT = Path(__file__).parent / "snapshots" / "comparison.json"
KEYS = [
    "variant",
    "status",
    "reason",
    "size_bytes",
    "compressed_bytes",
    "file_bytes",
    "superseded_bytes",
    "efficiency",
    "duplicate_bytes",
    "layers",
    "tools",
    "root_user",
    "setuid_files",
    "setgid_files",
    "capability_files",
    "world_writable",
    "secrets",
    "categories",
    "hints",
    "cold_start_ms",
    "latency_ms",
    "phases_ms",
    "peak_memory_bytes",
    "outputs_match",
    "max_abs_diff",
    "top1",
    "usage",
    "import_self_ms",
    "throughput",
    "pull",
    "missing",
    "compared_with",
    "not_compared_with",
]
CERTAINTY = ["interval", "half_width", "outliers"]


def test_the_json_of_the_hand_written_record():
    assert render(ladder_of_seven()) == SNAPSHOT.read_text(encoding="utf-8")


def test_every_object_has_exactly_the_promised_keys():
    for row in json.loads(render(ladder_of_seven())):
        assert list(row) == KEYS
        assert list(row["categories"]) == [column.key for column in CATEGORIES]
        assert all(set(hint) == {"id", "saves_bytes", "saves_ms"} for hint in row["hints"] or ())
        assert list(row["cold_start_ms"]) == ["median", "n", *CERTAINTY, "disturbed"]
        assert list(row["latency_ms"]) == ["p50", "p95", "n", *CERTAINTY]


def test_every_pair_is_told_both_ways_round_with_the_ratio_of_the_row_to_the_other():
    rows = {row["variant"]: row for row in json.loads(render(full_record()))}
    onnx, fat = rows["onnx"]["compared_with"]["fat"], rows["fat"]["compared_with"]["onnx"]
    assert (onnx["cold_start"]["verdict"], fat["cold_start"]["verdict"]) == ("faster", "slower")
    assert onnx["cold_start"]["ratio"] == pytest.approx(509.5 / 2009.5, abs=5e-4)
    assert fat["cold_start"]["ratio"] == pytest.approx(2009.5 / 509.5, abs=5e-4)
    assert rows["fat"]["compared_with"]["slim"]["latency"]["verdict"] == "same"
    assert all(row["not_compared_with"] == {} for row in rows.values())


def test_rows_that_are_not_compared_name_the_conditions():
    rows = {row["variant"]: row for row in json.loads(render(ladder_of_seven()))}
    assert rows["multistage"]["compared_with"] == {}
    assert rows["multistage"]["not_compared_with"]["fat"] == ["cold starts"]
    assert rows["fat"]["not_compared_with"] == {"multistage": ["cold starts"]}


def test_what_has_samples_of_its_own_is_told_with_its_units():
    fat, slim, _ = json.loads(render(full_record()))
    assert fat["pull"] == {
        "pulls": 3,
        "pulled_bytes": 50_000_000,
        "pull_total_s": 4.1,
        "pull_download_s": 1.025,
        "pull_unpack_s": 2.05,
        "pull_modelled_100_mbit_s": 5.537,
        "pull_modelled_1_gbit_s": 2.37,
    }
    assert fat["throughput"][-1] == {
        "threads": 2,
        "batch": 8,
        "pictures_per_s": 80.0,
        "lowest": 80.0,
        "highest": 80.0,
        "containers": 1,
    }
    assert fat["import_self_ms"]["torch"] == 950
    assert fat["usage"]["request_cpu_ms"] == 40
    assert [lack["what"] for lack in slim["missing"]] == ["throughput", "pulls"]


def test_an_infinite_difference_is_null_since_json_has_none():
    broken = variant("x", status="failed", verification=verified(float("inf"), reason="bad"))
    assert json.loads(render(record(broken)))[0]["max_abs_diff"] is None


def test_no_variants_are_an_empty_list():
    assert json.loads(render(record())) == []
