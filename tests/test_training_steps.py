"""The workload `train` as a whole: what is compared, what drops out, what is saved when."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from session_programs import saying
from training_line import Engine, TrainingLine, by_name
from training_programs import VERSIONS, WEIGHTS, training

from bench import page_cache
from bench.interrupted import saved_so_far
from bench.page_cache import CacheDrop
from builders.engine import BuildRequest, ContainerSpec
from builders.errors import ConfigurationError
from builders.fake_container import Program

OTHER = {**WEIGHTS, "weight[0]": WEIGHTS["weight[0]"] + 0.001}
ALL = ["bulky", "slim", "odd"]


@pytest.fixture
def line(tmp_path: Path) -> TrainingLine:
    return TrainingLine(tmp_path)


def after(good: int, then: Program) -> Program:
    """Trains well so often, and then otherwise."""
    left = [good]

    def program(spec: ContainerSpec):  # type: ignore[no-untyped-def]
        left[0] -= 1
        return (training() if left[0] >= 0 else then)(spec)

    return program


def test_the_whole_line(line: TrainingLine) -> None:
    record = line.run()
    assert (record.workload, record.reference) == ("train", "bulky")
    assert [row.name for row in record.variants] == ALL
    for row in record.variants:
        assert (row.status, row.reason) == ("measured", "")
        assert row.image is not None
        assert row.weights is not None
        assert (row.weights.reference, row.weights.equal) == ("bulky", True)
        assert row.weights.weights == WEIGHTS
        assert [run.round for run in row.training] == [0, 1]
        assert {(run.seed, run.epochs) for run in row.training} == {(7, 3)}
        assert row.runtime_versions == VERSIONS
        assert row.samples == ()
    assert record.measured_s > 0
    assert record.models == ()


def test_no_exporter_is_built_for_what_makes_its_own_model(line: TrainingLine) -> None:
    line.run(last="build")
    tags = [call[1].tag for call in line.engine.calls if isinstance(call[1], BuildRequest)]
    assert sorted(tags) == [
        "slimbench/base-conda:latest",
        "slimbench/base-full:latest",
        *sorted(f"slimbench/{name}:latest" for name in ALL),
    ]


def test_pictures_are_refused_before_anything_is_built(line: TrainingLine, tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_bytes(b"mine")
    with pytest.raises(ConfigurationError, match="a training looks at no pictures; leave"):
        line.run(pictures=tmp_path)
    assert "build" not in [call[0] for call in line.engine.calls]


def test_rounds_are_interleaved_in_a_seeded_order(line: TrainingLine) -> None:
    record = line.run()
    names = line.trained()
    # The reference for its weights, then each once for verifying, then two rounds.
    assert names[:4] == ["bulky", *ALL]
    rounds = names[4:7], names[7:]
    assert [sorted(one) for one in rounds] == [sorted(ALL)] * 2
    places = {
        (run.round, run.position): row.name for row in record.variants for run in row.training
    }
    assert [places[0, n] for n in range(3)] == rounds[0]
    line.run()
    assert line.trained()[-6:] == names[-6:]


def test_every_training_is_saved_before_the_next_begins(line: TrainingLine) -> None:
    line.run()
    counts = [sum(len(row.training) for row in record.variants) for record in line.seen]
    assert counts == [0, 0, 0, 0, 0, 1, 2, 3, 4, 5]
    assert {row.status for row in line.seen[4].variants} == {"verified"}


@pytest.mark.parametrize(
    ("last", "status", "trainings"), [("build", "built", 0), ("verify", "verified", 4)]
)
def test_a_command_goes_as_far_as_its_step(
    line: TrainingLine, last: str, status: str, trainings: int
) -> None:
    record = line.run(last=last)
    assert {row.status for row in record.variants} == {status}
    assert len(line.trained()) == trainings


def test_other_weights_fail_the_variant_and_are_not_measured(line: TrainingLine) -> None:
    line.programs["slim"] = training(OTHER)
    rows = by_name(line.run())
    slim = rows["slim"]
    assert (slim.status, slim.failed_step, slim.training) == ("failed", "verify", ())
    assert slim.reason == (
        "weight[0] is 2.501 instead of 2.5, a difference of 0.001 where 1e-06 is allowed"
    )
    assert slim.weights is not None
    assert slim.weights.weights == OTHER
    assert {rows[name].status for name in ("bulky", "odd")} == {"measured"}
    assert Counter(line.trained())["slim"] == 1


def test_a_difference_within_the_tolerance_is_recorded(line: TrainingLine) -> None:
    near = {**WEIGHTS, "bias": WEIGHTS["bias"] + 5e-7}
    line.programs["slim"] = training(near)
    row = by_name(line.run())["slim"]
    assert row.status == "measured"
    assert row.weights is not None
    assert row.weights.max_abs_diff == pytest.approx(5e-7)


def test_other_weights_while_being_measured_void_the_figures(line: TrainingLine) -> None:
    line.programs["slim"] = after(2, training(OTHER))
    row = by_name(line.run())["slim"]
    assert (row.status, row.failed_step, row.training) == ("failed", "measure", ())
    assert row.reason.startswith("a training that was measured ended otherwise: weight[0] is 2.501")


def test_a_reference_that_does_not_repeat_itself_fails(line: TrainingLine) -> None:
    line.programs["bulky"] = after(1, training(OTHER))
    row = by_name(line.run(last="verify"))["bulky"]
    assert (row.status, row.failed_step) == ("failed", "verify")


def test_without_the_reference_nothing_is_compared(line: TrainingLine) -> None:
    line.programs["bulky"] = saying(("stderr", "no torch here"), ending=3)
    rows = by_name(line.run())
    assert "no torch here" in rows["bulky"].reason
    for name in ("slim", "odd"):
        assert (rows[name].status, rows[name].failed_step) == ("failed", "verify")
        assert "there are no weights of bulky to compare with" in rows[name].reason


def test_one_that_ends_while_being_measured_keeps_the_others_going(line: TrainingLine) -> None:
    line.programs["slim"] = after(2, saying(ending=137))
    rows = by_name(line.run())
    assert (rows["slim"].status, rows["slim"].failed_step) == ("failed", "measure")
    assert len(rows["slim"].training) == 1  # raw, and told nowhere
    assert len(rows["bulky"].training) == 2


def test_a_share_of_best_classes_is_no_tolerance_for_weights(line: TrainingLine) -> None:
    matrix = line.small.root / "variants.yaml"
    text = matrix.read_text().replace("samples: 10", "samples: 40")
    matrix.write_text(text.replace("weights: 1.0e-6", "weights: {top1_agreement: 0.9}"))
    row = by_name(line.run(last="verify"))["slim"]
    assert row.status == "failed"
    assert "weights are compared by their difference, which 'weights' isn't" in row.reason


def test_where_the_page_cache_can_not_be_emptied_every_row_says_so(
    line: TrainingLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = CacheDrop(dropped=False, reason="only root may empty the page cache")
    monkeypatch.setattr(page_cache, "drop_page_cache", lambda one_kernel: refused)
    record = line.run(page_cache="cold")
    assert {row.failed_step for row in record.variants} == {"measure"}
    assert all("only root may empty the page cache" in row.reason for row in record.variants)


class Broken(Exception):  # noqa: N818
    pass


def break_off(line: TrainingLine, containers: int) -> None:
    """End the run as the training of this number starts, from 1 on."""
    left = [containers]
    for name, good in list(line.programs.items()):
        line.programs[name] = counted(left, good)
    with pytest.raises(Broken):
        line.run()
    line.programs = dict.fromkeys(line.programs, training())


def counted(left: list[int], good: Program) -> Program:
    def program(spec: ContainerSpec):  # type: ignore[no-untyped-def]
        left[0] -= 1
        if left[0] == 0:
            raise Broken
        return good(spec)

    return program


def test_a_run_that_was_broken_off_goes_on(line: TrainingLine) -> None:
    break_off(line, 8)
    told = saved_so_far(line.workspace.record)
    assert "interrupted: 1 round is saved in " in told
    assert told.endswith("`slimbench bench --workload train --resume` goes on")
    before = len(line.trained())
    record = line.run(resume=True)
    assert len(line.trained()) - before == 3  # the second round, and nothing before it
    assert all([run.round for run in row.training] == [0, 1] for row in record.variants)
    assert {row.status for row in record.variants} == {"measured"}
    assert line.run(resume=True).variants == record.variants


def test_another_seed_of_the_data_can_not_go_on(line: TrainingLine) -> None:
    break_off(line, 8)
    matrix = line.small.root / "variants.yaml"
    matrix.write_text(matrix.read_text().replace("seed: 7", "seed: 8"))
    with pytest.raises(ConfigurationError, match="the matrix has changed since"):
        line.run(resume=True)


def test_a_new_run_keeps_no_training_of_the_last(line: TrainingLine) -> None:
    first = line.run()
    second = line.run()
    for old, new in zip(first.variants, second.variants):
        assert len(new.training) == 2
        assert old.training != new.training


def test_a_rebuilt_image_is_verified_and_trained_again(line: TrainingLine) -> None:
    line.run()
    with (line.small.root / "dockerfiles" / "bulky.Dockerfile").open("a") as stream:
        stream.write("RUN another\n")
    rows = by_name(line.run(last="build"))
    for row in rows.values():  # the reference is another image: nothing compares with it
        assert (row.status, row.weights, row.training) == ("built", None, ())


def test_memory_readings_may_be_missing(line: TrainingLine) -> None:
    Engine.readings, kept = (), Engine.readings
    try:
        row = by_name(line.run())["slim"]
    finally:
        Engine.readings = kept
    assert row.status == "measured"
    assert all(run.memory == () for run in row.training)
