"""The main job where a variant wants a GPU and the engine has none: record, report, terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
import scipy.stats  # noqa: F401 - here, since older NumPys start lscpu when they are imported
from full_record import full_record
from gpu_sessions import NO_DRIVER, on_device
from whole_line import Line, by_name

from reports import fairness, markdown, outcomes, service_page

SMALL = "  small: {changed: less, after: big"
TOLD = "computed on the CPU, as the matrix allows, not on the GPU that it is made for"


@pytest.fixture
def line(tmp_path: Path) -> Line:
    """`small` wants a GPU, and falls back where it is let."""
    made = Line(tmp_path)
    made.programs["small"] = on_device("cpu", NO_DRIVER)
    return made


def write(line: Line, settings: str) -> None:
    path = line.small.root / "variants.yaml"
    text = path.read_text()
    assert SMALL in text
    path.write_text(text.replace(SMALL, f"{SMALL}, device: cuda{settings}"))


def test_a_fallback_that_is_allowed_is_measured_and_told(line: Line) -> None:
    write(line, ", gpu_fallback: true")
    record = line.run()
    rows = by_name(record)
    assert (rows["small"].status, rows["big"].status) == ("measured", "measured")
    assert (rows["small"].device, rows["small"].fallback) == ("cpu", NO_DRIVER)
    assert (rows["big"].device, rows["big"].fallback) == ("cpu", "")
    assert f"- `small` {TOLD}: {NO_DRIVER}." in markdown.render(record)
    assert "cpu: `big`; cpu, for want of a GPU: `small`" in fairness.conditions(record)


def test_a_gpu_that_must_be_there_fails_its_row_alone(line: Line) -> None:
    write(line, "")
    rows = by_name(line.run())
    assert rows["big"].status == "measured"
    assert (rows["small"].status, rows["small"].failed_step) == ("failed", "verify")
    assert "the engine has no NVIDIA runtime" in rows["small"].reason


def test_the_page_of_services_tells_the_fallback() -> None:
    record = full_record()
    fallen = record.variants[2].model_copy(update={"device": "cpu", "fallback": NO_DRIVER})
    page = service_page.render(record.model_copy(update={"variants": (fallen,)}))
    assert f"- `onnx` {TOLD}: {NO_DRIVER}." in page
    assert "| device computed on " in page
    assert "device computed on" not in service_page.render(record)


def test_the_terminal_tells_the_fallback(capsys: pytest.CaptureFixture[str]) -> None:
    record = full_record()
    fallen = record.variants[2].model_copy(update={"device": "cpu", "fallback": NO_DRIVER})
    record = record.model_copy(update={"variants": (*record.variants[:2], fallen)})
    outcomes.show(record, [row.name for row in record.variants], "measure", as_json=False)
    told = " ".join(capsys.readouterr().err.split())
    assert f"onnx: computed on the CPU, since {NO_DRIVER}" in told
