"""What a command tells of each variant: what its last step found, raw for programs."""

from __future__ import annotations

import pytest
from report_records import ladder_of_seven

from bench.record_types import Record
from bench.scenario_types import Missing
from reports.outcomes import notices, outcomes, show


@pytest.fixture(scope="module")
def record() -> Record:
    return ladder_of_seven()


def test_building_tells_how_the_image_came(record: Record) -> None:
    row = outcomes(record.variants, "build", raw=False)[0]
    assert list(row) == ["variant", "status", "base", "build_s", "up_to_date", "reason"]


def test_verifying_tells_the_verdict_and_how_close_the_answers_are(record: Record) -> None:
    raw = outcomes(record.variants, "verify", raw=True)[1]
    checked = record.variants[1].verification
    assert checked is not None
    assert raw["outputs_match"] is checked.outputs_match
    assert raw["max_abs_diff"] == checked.max_abs_diff
    assert raw["swaps"] == checked.swaps
    shown = outcomes(record.variants, "verify", raw=False)[1]
    assert {"outputs match", "max abs diff", "tolerated swaps"} <= set(shown)


def test_measuring_tells_what_was_measured(record: Record) -> None:
    raw = outcomes(record.variants, "measure", raw=True)[0]
    image = record.variants[0].image
    assert image is not None
    assert raw["size_bytes"] == image.size_bytes
    assert "cold start, ms" in outcomes(record.variants, "measure", raw=False)[0]


def test_a_second_reference_that_failed_is_told(
    record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    update = {"name": "fat (again)", "status": "failed", "failed_step": "measure", "reason": "why"}
    both = record.model_copy(update={"again": record.variants[0].model_copy(update=update)})
    assert not show(both, ["fat"], "measure", as_json=True)
    assert "error: fat (again): measure: why" in capsys.readouterr().err
    assert show(both, ["fat"], "verify", as_json=True)


def with_gaps(record: Record, failed: bool) -> Record:
    gap = Missing(what="pulls", reason="only root may", failed=failed)
    rows = (row.model_copy(update={"missing": (gap,)}) for row in record.variants)
    return record.model_copy(update={"variants": tuple(rows)})


def test_what_could_not_be_had_here_is_a_note(
    record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(with_gaps(record, failed=False), ["slim", "onnx"], "measure", as_json=True)
    told = capsys.readouterr().err
    assert told.count("slim, onnx: pulls: only root may") == 1
    assert "error" not in told


def test_a_scenario_that_went_wrong_is_a_failure_of_the_command(
    record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = with_gaps(record, failed=True)
    assert not show(broken, ["slim"], "measure", as_json=True)
    assert "error: slim: pulls: only root may" in capsys.readouterr().err
    assert show(broken, ["slim"], "verify", as_json=True)
    assert show(broken, [], "measure", as_json=True)


def test_labels_that_mean_nothing_are_told(record: Record) -> None:
    told = [model.notice for model in record.models if model.notice]
    assert len(told) == len(notices(record))
    assert all(text in notice for text, notice in zip(told, notices(record)))
