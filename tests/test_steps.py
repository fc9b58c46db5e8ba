"""The whole line on the in-memory engine: what a run keeps, what drops out, what is saved when."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from session_programs import PROBS, result, right_reply, saying, speaking
from whole_line import Line, by_name

from bench import steps
from bench.record import load
from bench.run import Run
from builders.engine import ContainerSpec
from builders.errors import ConfigurationError, EngineUnavailable
from builders.fake_container import Program
from builders.labels import VARIANT

WRONG_PROBS = (0.2, 0.3, 0.5)


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path)


def wrong(request: dict[str, Any]) -> str:
    return result(request, WRONG_PROBS) if "path" in request else right_reply(request)


def wrong_when(asked: Callable[[dict[str, Any]], bool]) -> Program:
    return speaking(lambda request: wrong(request) if asked(request) else right_reply(request))


def test_the_whole_line(line: Line) -> None:
    record = line.run()
    assert [row.name for row in record.variants] == ["big", "small"]
    for number, row in enumerate(record.variants):
        assert (row.status, row.reason) == ("measured", "")
        assert row.build is not None
        assert not row.build.up_to_date
        assert row.image is not None
        assert row.image.size_bytes > 0
        assert row.verification is not None
        assert (row.verification.reference, row.verification.outputs_match) == ("big", True)
        assert len(row.verification.pictures) == 3
        assert [sample.round for sample in row.samples] == [0, 1]
        assert all(len(s.warmup_ns) == 1 and len(s.latency_ns) == 3 for s in row.samples), number
        assert row.runtime_versions == {"toy": "1.0"}
    assert [model.name for model in record.models] == ["tiny"]


@pytest.mark.parametrize(
    ("last", "status", "sessions"), [("build", "built", 0), ("verify", "verified", 3)]
)
def test_a_command_goes_as_far_as_its_step(
    line: Line, last: str, status: str, sessions: int
) -> None:
    record = line.run(last=last)
    assert {row.status for row in record.variants} == {status}
    assert line.sessions() == sessions


def test_a_variant_that_cannot_be_built_leaves_the_others(line: Line) -> None:
    line.break_dockerfile("small")
    rows = by_name(line.run())
    assert rows["big"].status == "measured"
    assert (rows["small"].status, rows["small"].failed_step) == ("failed", "build")
    assert "dockerfiles/small.Dockerfile" in rows["small"].reason
    assert "; its last line: Step 3/" in rows["small"].reason


def test_wrong_answers_are_not_timed(line: Line) -> None:
    line.programs["small"] = speaking(wrong)
    rows = by_name(line.run())
    assert rows["big"].status == "measured"
    assert (rows["small"].status, rows["small"].failed_step) == ("failed", "verify")
    assert rows["small"].reason.startswith("0.png: classes ")
    assert rows["small"].samples == ()
    assert rows["small"].verification is not None
    assert {standing.name for standing in line.watched} == {"big", ""}


def test_a_wrong_answer_while_being_timed_fails_the_variant(line: Line) -> None:
    line.programs["small"] = wrong_when(lambda request: not request.get("probs"))
    rows = by_name(line.run())
    assert rows["big"].status == "measured"
    assert (rows["small"].status, rows["small"].failed_step) == ("failed", "measure")
    assert "was answered wrong" in rows["small"].reason


def test_one_that_ends_drops_out_of_the_rounds(line: Line) -> None:
    line.programs["small"] = saying(("stderr", "no model here"), ending=3)
    rows = by_name(line.run())
    assert (rows["small"].status, rows["small"].failed_step) == ("failed", "verify")
    assert "no model here" in rows["small"].reason
    assert len(rows["big"].samples) == 2


def test_without_the_reference_nothing_can_be_verified(line: Line) -> None:
    line.break_dockerfile("big")
    rows = by_name(line.run())
    assert rows["big"].failed_step == "build"
    assert (rows["small"].status, rows["small"].failed_step) == ("failed", "verify")
    assert "there are no answers of big to compare with" in rows["small"].reason


def test_what_was_finished_is_saved_before_the_next_begins(line: Line) -> None:
    line.run()
    # Verifying asks the reference, big and small; measuring the reference, then two rounds of two.
    counts = [sum(len(row.samples) for row in record.variants) for record in line.seen]
    assert counts == [0, 0, 0, 0, 0, 1, 2, 3]
    assert {row.status for row in line.seen[0].variants} == {"built"}
    assert all(row.image is not None for row in line.seen[0].variants)


def test_rows_are_kept_while_the_image_is_the_same(line: Line) -> None:
    first = by_name(line.run())
    again = by_name(line.run(last="build"))
    for name in ("big", "small"):
        assert again[name].samples == first[name].samples
        assert again[name].status == "measured"
        assert again[name].build is not None
        assert again[name].build.up_to_date


def test_another_image_begins_its_row_again(line: Line) -> None:
    line.run()
    with (line.small.root / "dockerfiles" / "small.Dockerfile").open("a") as stream:
        stream.write("RUN strip\n")
    rows = by_name(line.run(last="build"))
    assert (rows["small"].status, rows["small"].samples) == ("built", ())
    assert rows["big"].status == "measured"


def test_a_selection_keeps_the_other_rows_but_not_samples_of_another_run(line: Line) -> None:
    first = by_name(line.run())
    line.programs["small"] = saying("never asked", ending=1)
    rows = by_name(line.run("big"))
    assert (rows["small"].status, rows["small"].samples) == ("verified", ())
    assert rows["small"].verification == first["small"].verification
    assert rows["big"].status == "measured"
    assert rows["big"].samples != first["big"].samples


def test_another_image_of_the_reference_voids_what_was_compared_with_it(line: Line) -> None:
    line.run()
    with (line.small.root / "dockerfiles" / "big.Dockerfile").open("a") as stream:
        stream.write("RUN another\n")
    row = by_name(line.run("big", last="build"))["small"]
    assert (row.status, row.verification, row.samples) == ("built", None, ())


def test_a_rebuild_of_nothing_keeps_when_it_was_measured_and_how_long_it_took(line: Line) -> None:
    first = line.run()
    again = line.run(last="build")
    assert again.started_at == first.started_at
    assert [row.samples for row in again.variants] == [row.samples for row in first.variants]
    builds = [row.build for row in again.variants]
    assert [build and build.up_to_date for build in builds] == [True, True]
    taken = [row.build and row.build.seconds for row in first.variants]
    assert [build and build.seconds for build in builds] == taken


@pytest.mark.parametrize(
    ("old", "new"), [("warmups: 1", "warmups: 2"), ("float32: 1.0e-4", "float32: 1.0e-3")]
)
def test_another_matrix_begins_all_rows_again(line: Line, old: str, new: str) -> None:
    line.run()
    matrix = line.small.root / "variants.yaml"
    assert old in matrix.read_text()
    matrix.write_text(matrix.read_text().replace(old, new))
    rows = by_name(line.run("big", last="build"))
    assert rows["small"].status == "pending"
    assert (rows["big"].status, rows["big"].samples) == ("built", ())


def test_a_failed_row_is_tried_again(line: Line) -> None:
    line.programs["small"] = speaking(wrong)
    line.run()
    line.programs["small"] = speaking()
    assert by_name(line.run())["small"].status == "measured"


def test_the_users_own_pictures_count_in_verifying(line: Line, tmp_path: Path) -> None:
    pictures = tmp_path / "photos"
    pictures.mkdir()
    (pictures / "mine.jpg").write_bytes(b"mine")
    line.programs["small"] = wrong_when(
        lambda request: request.get("path", "").endswith("mine.jpg")
    )
    row = by_name(line.run(pictures=pictures))["small"]
    assert row.status == "failed"
    assert row.reason.startswith("mine.jpg: ")
    assert row.verification is not None
    assert [picture.picture for picture in row.verification.pictures][-1] == "mine.jpg"


def test_a_folder_without_pictures_is_told_before_anything_is_built(
    line: Line, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ConfigurationError, match="holds no pictures"):
        line.run(pictures=empty)
    assert line.small.builds() == []


def test_a_small_difference_is_recorded(line: Line) -> None:
    near = (PROBS[0] + 5e-5, PROBS[1] - 5e-5, PROBS[2])
    line.programs["small"] = speaking(
        lambda asked: result(asked, near) if "path" in asked else right_reply(asked)
    )
    row = by_name(line.run())["small"]
    assert row.status == "measured"
    assert row.verification is not None
    largest = max(picture.max_abs_diff for picture in row.verification.pictures)
    assert largest == pytest.approx(5e-5)


def test_the_images_that_are_not_known_yet_are_read_in_one_save(line: Line) -> None:
    rows = by_name(line.run(last="inspect"))
    saves = [call[1] for call in line.small.engine.calls if call[0] == "save"]
    assert len(saves) == 1
    assert len(saves[0]) == 2  # type: ignore[arg-type]
    assert all(row.image is not None and row.image.layers for row in rows.values())
    line.run(last="inspect")
    assert [call[0] for call in line.small.engine.calls].count("save") == 1


def test_an_image_that_is_gone_fails_its_row(line: Line) -> None:
    record = line.run(last="build")
    line.small.engine.remove_labelled({VARIANT: "small"})
    rows = by_name(steps.inspect(Run(line.small.project(), None), record))
    assert (rows["small"].status, rows["small"].failed_step) == ("failed", "inspect")
    assert "its image is gone" in rows["small"].reason
    assert rows["big"].image is not None


def test_a_lost_engine_ends_the_run_and_keeps_what_was_done(line: Line) -> None:
    def goes_away(spec: ContainerSpec) -> Any:
        raise EngineUnavailable("it went away")

    line.programs["small"] = goes_away
    with pytest.raises(EngineUnavailable):
        line.run()
    rows = by_name(load(line.small.workspace.record))
    assert [rows[name].status for name in ("big", "small")] == ["verified", "built"]
    assert all(row.image is not None for row in rows.values())
