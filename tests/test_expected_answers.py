"""A variant held to a share of best classes: verified by it, then timed against its own answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from session_programs import PROBS, batch_result, result, right_reply, speaking
from whole_line import Line, by_name

from bench import steps
from bench.run import Run
from builders.fake_container import Program

NEAR = (0.6, 0.3, 0.1)  # another model's answer with the same best class
OTHER = (0.2, 0.3, 0.5)  # and with another one
SCENARIOS = "scenarios: {batches: [1, 8], threads: [1], rounds: 1}"


def answering(probs: tuple[float, ...], since: int = 0, then: tuple[float, ...] = ()) -> Program:
    """Gives these probabilities; after so many containers, others to whoever is counted on."""
    containers = iter(range(10**6))

    def program(spec: Any) -> Any:
        given = then if then and next(containers) >= since else probs

        def reply(request: dict[str, Any]) -> str:
            if request["op"] == "batch":
                return batch_result(request, dict.fromkeys(range(8), given))
            return result(request, given) if "path" in request else right_reply(request)

        return speaking(reply)(spec)

    return program


@pytest.fixture
def line(tmp_path: Path) -> Line:
    """`small` is held to 60 % of the best classes; there are three pictures."""
    made = Line(tmp_path)
    matrix = made.small.root / "variants.yaml"
    text = matrix.read_text().replace("samples: 10, ", "samples: 40, ")
    text = text.replace("{float32: 1.0e-4}", "{float32: 1.0e-4, int8: {top1_agreement: 0.6}}")
    text = text.replace("after: big}", "after: big, tolerance: int8}")
    matrix.write_text(text.replace("warmups: 1", f"{SCENARIOS}, warmups: 1"))
    made.programs["small"] = answering(NEAR)
    return made


def test_other_probabilities_with_the_same_best_class_are_measured(line: Line) -> None:
    record = line.run()
    rows = by_name(record)
    assert {row.status for row in record.variants} == {"measured"}
    found = rows["small"].verification
    assert found is not None
    assert (found.top1_wanted, found.top1_agreement, found.tolerance) == (0.6, 1.0, 1.0)
    assert found.max_abs_diff == pytest.approx(0.1)
    assert len(rows["small"].samples) == 2


def test_its_own_answers_are_asked_for_once(line: Line) -> None:
    line.run(fewest_cold_starts=4, most_cold_starts=4)
    verifying, reference_again, own = 3, 1, 1
    assert line.sessions() == verifying + reference_again + own + 2 * 4


def test_another_best_class_fails_it_when_it_is_verified(line: Line) -> None:
    line.programs["small"] = answering(OTHER)
    row = by_name(line.run())["small"]
    assert (row.status, row.failed_step) == ("failed", "verify")
    told = "0.png: the best class is the reference's on 0 of 3 pictures, which is less than 60 %"
    assert row.reason == told


def test_an_answer_that_is_not_its_own_is_not_timed(line: Line) -> None:
    line.programs["small"] = answering(NEAR, since=2, then=PROBS)  # right for the reference
    row = by_name(line.run())["small"]
    assert (row.status, row.failed_step, row.samples) == ("failed", "measure", ())
    assert "request 1 was answered wrong: the probability of class 0 differs by 0.1" in row.reason


def test_its_own_answers_are_verified_again(line: Line) -> None:
    line.programs["small"] = answering(NEAR, since=1, then=OTHER)
    row = by_name(line.run())["small"]
    assert (row.status, row.failed_step) == ("failed", "measure")
    assert "the best class is the reference's on 0 of 3 pictures" in row.reason
    assert "it answered right when it was verified" in row.reason


def test_batches_are_compared_with_its_own_answers(line: Line) -> None:
    record = steps.execute(Run(line.small.project(), None), "throughput")
    assert [one.batch for one in by_name(record)["small"].throughput] == [1, 8]
    assert "throughput" not in {gap.what for gap in by_name(record)["small"].missing}
