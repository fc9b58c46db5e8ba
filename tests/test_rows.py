"""Which rows a run keeps, begins again or fails; the steps themselves are in test_steps.py."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_images import image
from report_records import SLIM_BASE, build, record, samples, variant, verified
from small_project import SmallProject, make

from bench import rows
from bench.answers import Answers
from builders.built import BuiltImage, FailedBuild, ResolvedBase
from builders.engine import ImageInfo
from builders.errors import BuildFailed, ImageNotFound, SessionFailed, SlimbenchError, WrongAnswer

IMAGE = ImageInfo(
    image_id="sha256:image-small",
    tags=(),
    repo_digests=(),
    diff_ids=(),
    history=(),
    labels={},
    environment=(),
    entrypoint=(),
    user="",
    engine_size_bytes=0,
)
MEASURED = variant(
    "small",
    status="measured",
    build=build("small", SLIM_BASE),
    image=image(100),
    verification=verified(),
    samples=samples(300, 20),
)


@pytest.fixture
def small(tmp_path: Path) -> SmallProject:
    return make(tmp_path)


def built(small: SmallProject, image_id: str) -> BuiltImage:
    found = replace(IMAGE, image_id=image_id)
    return BuiltImage(
        variant=small.matrix.variant("small"),
        image=found,
        tag="slimbench/small:latest",
        base=ResolvedBase("slim", found, "pull", "sha256:5115", "the registry answered"),
        context_digest="sha256:new",
        up_to_date=False,
        seconds=2.0,
        log=small.root / "log",
    )


def test_rows_follow_the_matrix_and_kept_ones_stay(small: SmallProject):
    previous = record(MEASURED)
    begun = rows.begin(
        previous.model_copy(update={"variants": ()}), previous, small.matrix.variants
    )
    assert [(row.name, row.status) for row in begun.variants] == [
        ("big", "pending"),
        ("small", "measured"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"matrix_digest": "sha256:other"},
        {"environment": record().environment.model_copy(update={"cpus": 99})},
    ],
)
def test_rows_that_do_not_compare_are_begun_again(small: SmallProject, change: dict[str, Any]):
    fresh = record().model_copy(update=change)
    begun = rows.begin(fresh, record(MEASURED), small.matrix.variants)
    assert {row.status for row in begun.variants} == {"pending"}


def test_rows_are_kept_with_the_conditions_they_were_measured_under(small: SmallProject):
    other = record().conditions.model_copy(update={"precision": 0.5})
    fresh = record().model_copy(update={"conditions": other})
    begun = rows.begin(fresh, record(MEASURED), small.matrix.variants)
    assert rows.row_of(begun, "small") == MEASURED
    assert begun.conditions == record().conditions


def test_the_same_image_keeps_what_was_measured(small: SmallProject):
    row = rows.after_build(MEASURED, built(small, "sha256:image-small"))
    assert (row.status, row.samples) == ("measured", MEASURED.samples)
    assert row.build is not None
    assert row.build.context_digest == "sha256:new"


def test_another_image_or_a_failed_row_begins_again(small: SmallProject):
    other = rows.after_build(MEASURED, built(small, "sha256:other"))
    failed = rows.failed(MEASURED, "verify", SlimbenchError("it answered nonsense"))
    again = rows.after_build(failed, built(small, "sha256:image-small"))
    for row in (other, again):
        assert (row.status, row.reason, row.samples, row.verification) == ("built", "", (), None)


def test_a_failed_build_tells_the_last_line_of_its_log(small: SmallProject):
    error = BuildFailed("step 3 failed", log_tail=("collecting", "no such package"))
    outcome = FailedBuild(small.matrix.variant("small"), error, small.root / "log")
    row = rows.after_build(MEASURED, outcome)
    assert (row.status, row.failed_step, row.samples) == ("failed", "build", ())
    assert row.reason == "step 3 failed; its last line: no such package"


def test_measuring_again_begins_without_samples():
    assert rows.unmeasured(MEASURED).status == "verified"
    assert rows.unmeasured(MEASURED).samples == ()
    assert rows.unmeasured(variant("small", status="built")).status == "built"


def test_a_row_without_samples_is_not_measured():
    row = variant("small", status="verified")
    assert rows.measured(row).status == "verified"
    (sample,) = samples(300, 20, n=1)
    assert rows.measured(rows.with_sample(row, sample)).status == "measured"


def test_a_mismatch_fails_the_row_and_drops_its_samples():
    answers = Answers((), {"onnxruntime": "1"}, runtime_threads=1)
    row = rows.verified(MEASURED, verified(reason="b.png: another order"), answers)
    assert (row.status, row.failed_step, row.samples) == ("failed", "verify", ())
    assert row.reason == "b.png: another order"
    kept = rows.verified(MEASURED, verified(), answers)
    assert (kept.status, kept.runtime_threads) == ("measured", 1)
    assert rows.verified(variant("small", status="built"), verified(), answers).status == "verified"


def test_a_row_without_an_image_says_so():
    with pytest.raises(ImageNotFound, match="small: it has not been built"):
        rows.image_id(variant("small"))


def test_a_wrong_answer_voids_the_timing_and_other_failures_keep_it():
    wrong = rows.failed(MEASURED, "measure", WrongAnswer("request 7 was answered wrong"))
    assert (wrong.status, wrong.samples) == ("failed", ())
    ended = rows.failed(MEASURED, "measure", SessionFailed("it ended"))
    assert (ended.status, ended.samples) == ("failed", MEASURED.samples)


def test_the_reference_has_a_second_row():
    again = rows.again(MEASURED)
    assert (again.name, again.status, again.samples) == ("small (again)", "verified", ())
    assert again.build == MEASURED.build
    both = record(MEASURED).model_copy(update={"again": again})
    assert rows.row_of(both, "small (again)") is again
    failed = rows.failed(again, "measure", SessionFailed("it ended"))
    changed = rows.with_row(both, failed)
    assert changed.again == failed
    assert changed.variants == both.variants
    assert rows.without_samples(changed).again is None


def test_a_row_takes_the_place_of_its_name():
    changed = rows.with_row(record(variant("big"), variant("small")), MEASURED)
    assert [row.status for row in changed.variants] == ["pending", "measured"]
    assert rows.row_of(changed, "small") is MEASURED
