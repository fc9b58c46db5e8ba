"""The page of trainings and its JSON, of a record written by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from report_images import MB
from report_records import ladder_of_seven
from training_records import BULKY, ODD, OTHER, SLIM, S, run, trained, training_record

from bench.record import load, save
from bench.record_types import Record
from reports import json_report, outcomes, training_columns
from reports.markup import MISSING
from reports.publish import publish
from reports.training import render
from reports.training_reference import beside

SNAPSHOT = Path(__file__).parent / "snapshots" / "training.md"


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]


def section(page: str, heading: str) -> str:
    return page.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


def rows_of(text: str) -> dict[str, list[str]]:
    """The rows of a section's first table by their first cell."""
    table = next(part for part in text.split("\n\n") if part.strip().startswith("|"))
    return {row[0]: row[1:] for row in cells(table.strip())[2:]}


def test_the_page_of_the_hand_written_record() -> None:
    assert render(training_record()) == SNAPSHOT.read_text(encoding="utf-8")


def test_the_page_is_the_same_for_a_record_that_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    save(path, training_record())
    assert render(load(path)) == render(training_record())


def test_the_figures_of_a_variant() -> None:
    found = {column.key: column.value(SLIM) for column in training_columns.OF_TRAININGS}
    assert found == {
        "trainings": 3,
        "running_s": 6.001,
        "container_s": 5.5,
        "imports_s": 2.0,
        "cpu_s": 5.0,
        "peak_used_bytes": 300 * MB,
        "mean_used_bytes": 250 * MB,
        "peak_rss_bytes": 300 * MB,
        "cgroup_peak_bytes": 900 * MB,
        "accuracy": 0.965,
        "last_loss": 0.125,
    }
    assert training_columns.READINGS.value(SLIM) == "4 each"


@pytest.mark.parametrize(
    ("used_mb", "mean_mb", "peak_mb"),
    [((), None, None), ((7,), None, 7), ((7, 9), None, 9), ((7, 9, 8), 8, 9)],
)
def test_a_mean_stands_on_three_readings_or_is_not_given(
    used_mb: tuple[int, ...], mean_mb: int | None, peak_mb: int | None
) -> None:
    row = trained("train-slim", 600, (run(0, 6, used_mb),))
    mean, peak = (c.value(row) for c in (training_columns.MEAN, training_columns.PEAK))
    assert (mean, peak) == (mean_mb and mean_mb * MB, peak_mb and peak_mb * MB)


def test_a_mean_that_one_training_lacks_is_not_given_and_the_page_says_why() -> None:
    row = trained("train-slim", 600, (run(0, 6, (7, 8, 9)), run(1, 6, (7, 8))))
    assert training_columns.MEAN.value(row) is None
    assert training_columns.READINGS.value(row) == "2 to 3 each"
    page = render(training_record(BULKY, row))
    assert "- `train-slim`: no mean memory (fewer than 3 readings)." in page


def test_processor_time_that_the_kernel_does_not_keep() -> None:
    row = trained("train-slim", 600, (run(0, 6, (7, 8, 9), cpu_ns=None, cgroup_peak_bytes=None),))
    page = render(training_record(BULKY, row))
    assert "- `train-slim`: no CPU time, cgroup peak (the kernel doesn't keep it)." in page


def test_ours_stand_beside_what_was_published() -> None:
    rows = rows_of(beside(training_record()))
    assert rows["size, MB"] == ["10 times smaller", "6,000.0", "600.0 (10.00 times smaller)"]
    assert rows["peak memory, MB"] == ["a third", "900.0", "300.0 (33.3 %)"]
    assert rows["mean memory, MB"] == ["a third", "700.0", "250.0 (35.7 %)"]
    assert rows["running time, s"][::2] == [MISSING, "6.00 (50.0 %)"]


def test_a_busy_machine_is_told() -> None:
    busy = run(1, 30, (7, 8, 9), cpu_ns=10 * S)
    made = training_record(BULKY, trained("train-slim", 600, (*SLIM.training, busy)))
    lines = section(render(made), "All variants").split("\n\n")[1].splitlines()
    assert lines[0].startswith("- `train-slim` is 10.00 times smaller than `train-bulky`")
    assert lines[1].startswith("- 1 of 7 trainings waited for the CPU or the disk")
    assert "waited" not in render(training_record())


@pytest.mark.parametrize("rows", [(SLIM, OTHER), (BULKY,), (BULKY, OTHER, ODD)])
def test_without_both_nothing_stands_beside_it(rows: tuple[object, ...]) -> None:
    made = training_record(*rows)  # type: ignore[arg-type]
    assert beside(made) == ""
    assert "reference system" not in render(made)


def test_of_images_that_were_only_built_nothing_is_concluded() -> None:
    rows = [
        row.model_copy(update={"status": "built", "weights": None, "training": ()})
        for row in (BULKY, SLIM)
    ]
    page = render(training_record(*rows))
    assert "times smaller" not in page
    assert "same weights." not in page


def test_another_matrix_is_not_set_beside_it() -> None:
    made = training_record(BULKY.model_copy(update={"name": "mine"}), SLIM)
    made = made.model_copy(update={"reference": "mine"})
    assert beside(made) == ""
    page = render(made)
    assert "`train-slim` is 10.00 times smaller than `mine` and takes 33.3 % of its peak" in page
    assert "reference system" not in page


def test_a_failed_variant_has_no_times_and_its_reason() -> None:
    page = render(training_record())
    row = rows_of(section(page, "All variants"))["`other`"]
    assert row[0] == "failed"
    assert row[3:-1] == [MISSING] * 6
    assert row[-1] == "no"
    told = section(page, "Failures")
    assert "`other` failed at step `verify`: bias is 0.5 instead of 0.25." in told
    assert "`odd` was left out: docker.io/conda:1: it can't be pulled" in told


def test_weights_are_told_to_the_last_digit() -> None:
    row = trained("train-slim", 600, SLIM.training)
    weights = {**row.weights.weights, "bias": 0.30000001192092896}  # type: ignore[union-attr]
    row = row.model_copy(update={"weights": row.weights.model_copy(update={"weights": weights})})  # type: ignore[union-attr]
    told = section(render(training_record(BULKY, row)), "What was verified")
    assert rows_of(told)["`train-slim`"][0] == "0.30000001192092896"


def test_every_training_is_told_in_the_order_of_the_rounds() -> None:
    page = section(render(training_record()), "In detail")
    table = [part for part in page.split("\n\n") if part.startswith("|")][1]
    rounds = [row[:2] for row in cells(table)[2:]]
    assert rounds == [
        [str(n), name] for n in (1, 2, 3) for name in ("`train-bulky`", "`train-slim`")
    ]


def test_the_json_tells_weights_and_trainings() -> None:
    found = {row["variant"]: row for row in json.loads(json_report.render(training_record()))}
    slim = found["train-slim"]
    assert slim["training"]["running_s"] == 6.001
    assert slim["training"]["runs"][1] == {
        "round": 1,
        "running_ns": 6 * S + S // 1000,
        "cpu_ns": 5 * S,
        "peak_used_bytes": 300 * MB,
        "mean_used_bytes": 250 * MB,
        "readings": 4,
    }
    assert slim["weights"]["equal"] is True
    assert found["other"]["weights"]["equal"] is False
    assert found["other"]["training"]["running_s"] is None
    assert (found["odd"]["status"], "weights" in found["odd"]) == ("left out", False)


def test_the_json_of_a_prediction_has_neither() -> None:
    for row in json.loads(json_report.render(ladder_of_seven())):
        assert not {"weights", "training"} & set(row)


def test_what_is_published(tmp_path: Path) -> None:
    written = publish(training_record(), tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        "training.md",
        "training.html",
        "training.json",
        "training.csv",
        "pictures/training-bytes.svg",
    ]


def test_the_terminal_shows_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    made: Record = training_record(BULKY, SLIM)
    assert outcomes.show(made, ["train-bulky", "train-slim"], "measure", as_json=True)
    row = json.loads(capsys.readouterr().out)[1]
    assert (row["variant"], row["running_s"], row["weights_equal"]) == ("train-slim", 6.001, True)
    assert outcomes.show(made, ["train-slim"], "verify", as_json=True)
    row = json.loads(capsys.readouterr().out)[0]
    assert row["weights_max_abs_diff"] == 0.0
