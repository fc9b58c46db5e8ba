"""The comparison for spreadsheets."""

from __future__ import annotations

import csv
import io
import math

import pytest
from full_record import FAT, full_record
from hypothesis import given
from hypothesis import strategies as st
from report_images import SHELL
from report_records import ladder_of_seven, record, variant, verified

from bench.record_types import Record
from reports import csv_report
from reports.columns import COMPARISON
from reports.frame import frame


def rows(made: Record) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_report.render(made), newline=""), strict=True))


def test_a_row_a_variant_in_the_order_of_the_record() -> None:
    names = [row.name for row in ladder_of_seven().variants]
    assert [row["variant"] for row in rows(ladder_of_seven())] == names


def test_values_are_those_of_the_table_in_the_units_of_their_headings() -> None:
    (fat, *_) = rows(full_record())
    for column in COMPARISON:
        value = column.value(FAT)
        shown = fat[column.key]
        assert float(shown) == pytest.approx(value) if isinstance(value, (int, float)) else shown
    assert fat["size_bytes"] == "6000000000"
    assert (fat["cold_start_ms"], fat["outputs_match"]) == ("2009.5", "true")


def test_an_interval_is_two_cells() -> None:
    (fat, *_) = rows(full_record())
    low, high = (float(fat[f"cold_start_interval_ms_{end}"]) for end in ("low", "high"))
    assert low < float(fat["cold_start_ms"]) < high
    assert "cold_start_interval_ms" not in fat


def test_what_is_not_known_is_empty() -> None:
    made = rows(record(FAT, variant("later")))[1]
    known = {key: value for key, value in made.items() if value}
    assert known == {"variant": "later", "status": "pending"}
    endless = variant("endless", verification=verified(math.inf))
    assert rows(record(endless))[0]["max_abs_diff"] == ""


def test_lines_end_as_the_rfc_says_and_all_are_as_long() -> None:
    lines = csv_report.render(full_record()).split("\r\n")
    assert lines.pop() == ""
    assert len(lines) == 4
    assert not any("\n" in line for line in lines)
    assert len({len(next(csv.reader([line]))) for line in lines}) == 1


def with_tool(name: str) -> Record:
    image = FAT.image
    assert image is not None
    tool = SHELL.model_copy(update={"name": name})
    return record(FAT.model_copy(update={"image": image.model_copy(update={"tools": (tool,)})}))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1"])
def test_no_text_of_an_image_is_a_formula(name: str) -> None:
    assert rows(with_tool(name))[0]["tools"] == f"'{name.strip()}"


@given(st.text())
def test_any_text_stays_in_its_cell_and_starts_no_formula(name: str) -> None:
    made = rows(with_tool(name))
    assert len(made) == 1
    assert None not in made[0]
    assert not made[0]["tools"].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert made[0]["status"] == "measured"


def test_negative_numbers_stay_numbers() -> None:
    image = FAT.image
    assert image is not None
    large = FAT.model_copy(update={"image": image.model_copy(update={"file_bytes": 7 * 10**9})})
    assert rows(record(large))[0]["archive_bytes"].startswith("-")


@pytest.mark.parametrize("workload", ["serve", "train"])
def test_other_workloads_have_columns_of_their_own(workload: str) -> None:
    made = rows(full_record().model_copy(update={"workload": workload}))
    assert [row["variant"] for row in made] == ["fat", "slim", "onnx"]
    assert made[0]["size_bytes"] == "6000000000"
    assert ("service_starts" in made[0], "trainings" in made[0]) == (
        workload == "serve",
        workload == "train",
    )


def test_every_metric_of_the_data_frame_is_there() -> None:
    found = rows(full_record())[0]
    for key in frame(full_record()).dropna(axis="columns", how="all").columns:
        assert key in found or f"{key}_low" in found
