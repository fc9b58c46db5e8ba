import json
from pathlib import Path

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
    "peak_memory_bytes",
    "outputs_match",
    "max_abs_diff",
]


def test_the_json_of_the_hand_written_record():
    assert render(ladder_of_seven()) == SNAPSHOT.read_text(encoding="utf-8")


def test_every_object_has_exactly_the_promised_keys():
    for row in json.loads(render(ladder_of_seven())):
        assert list(row) == KEYS
        assert list(row["categories"]) == [column.key for column in CATEGORIES]
        assert all(set(hint) == {"id", "saves_bytes", "saves_ms"} for hint in row["hints"] or ())
        assert list(row["cold_start_ms"]) == ["median", "n"]
        assert list(row["latency_ms"]) == ["p50", "p95", "n"]


def test_an_infinite_difference_is_null_since_json_has_none():
    broken = variant("x", status="failed", verification=verified(float("inf"), reason="bad"))
    assert json.loads(render(record(broken)))[0]["max_abs_diff"] is None


def test_no_variants_are_an_empty_list():
    assert json.loads(render(record())) == []
