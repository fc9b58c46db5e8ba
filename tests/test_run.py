from __future__ import annotations

from pathlib import Path

import pytest
from small_project import SmallProject, make

from bench import rows, run
from bench.record import load
from builders.errors import RecordError
from builders.fake_engine import FAKE_INFO


@pytest.fixture
def small(tmp_path: Path) -> SmallProject:
    return make(tmp_path)


def test_conditions_are_those_of_the_matrix(small: SmallProject):
    asked = run.conditions(run.Run(small.project(), None))
    assert (asked.fewest_cold_starts, asked.most_cold_starts) == (2, 2)
    assert (asked.precision, asked.max_time_s) == (0.02, 600)
    assert (asked.warmups, asked.requests, asked.seed) == (1, 3, 1)
    assert (asked.page_cache, asked.reference_twice) == ("warm", False)
    assert asked.memory_bytes == small.matrix.limits.memory_bytes
    assert asked.network == "none"


def test_the_commands_words_count_more_than_the_matrix(small: SmallProject):
    settings = small.matrix.measurement.overridden(precision=0.05, page_cache="cold", seed=None)
    asked = run.conditions(run.Run(small.project(), None, settings))
    assert (asked.precision, asked.page_cache) == (0.05, "cold")
    assert (asked.max_time_s, asked.seed) == (600, 1)


def test_a_run_begins_with_all_rows_and_goes_on_with_the_last_record(small: SmallProject):
    this = run.Run(small.project(small.matrix.variant("small")), None)
    begun = run.begin(this)
    assert [row.name for row in begun.variants] == ["big", "small"]
    assert this.names == ("small",)
    built = rows.row_of(begun, "big").model_copy(update={"status": "built"})
    this.save(rows.with_row(begun, built))
    assert rows.row_of(run.begin(this), "big").status == "built"


def test_saving_makes_the_folder(small: SmallProject):
    this = run.Run(small.project(), None)
    begun = run.begin(this)
    this.save(begun)
    assert load(small.workspace.record) == begun


def test_a_record_of_another_kind_is_not_overwritten(small: SmallProject):
    small.workspace.record.parent.mkdir()
    small.workspace.record.write_text("{}")
    with pytest.raises(RecordError):
        run.begin(run.Run(small.project(), None))
    assert small.workspace.record.read_text() == "{}"


def test_a_record_of_an_earlier_slimbench_is_kept_beside_the_new_one(small: SmallProject):
    record = small.workspace.record
    record.parent.mkdir()
    record.write_text('{"version": 1}')
    begun = run.begin(run.Run(small.project(), None))
    assert {row.status for row in begun.variants} == {"pending"}
    assert record.with_name("record.v1.json").read_text() == '{"version": 1}'
    assert small.said == ["the last record is of an earlier slimbench: kept as record.v1.json"]


def test_the_engine_says_whether_its_kernel_is_ours(small: SmallProject):
    assert run.Run(small.project(), None).one_kernel == FAKE_INFO.shares_host_kernel
