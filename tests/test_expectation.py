"""Which timed answers count as the expected ones."""

from __future__ import annotations

import pytest
from session_programs import expected_answers

from bench.answers import Answer, RankedClass
from bench.expectation import mismatch

TOLERANCE = 1e-3


def expected(*probs: float) -> Answer:
    return expected_answers("a.png", probs=probs).pictures[0]


def found(*ranked: tuple[int, float], label: str = "class") -> tuple[RankedClass, ...]:
    return tuple(
        RankedClass(rank, class_id, f"{label} {class_id}", prob)
        for rank, (class_id, prob) in enumerate(ranked, start=1)
    )


@pytest.mark.parametrize(
    ("answer", "ranked"),
    [
        (expected(0.5, 0.3, 0.2), found((0, 0.5), (1, 0.3))),
        (expected(0.5, 0.3, 0.2), found((0, 0.5009), (1, 0.2991))),
        (expected(0.4004, 0.4, 0.2), found((1, 0.4002), (0, 0.4001))),  # within the tolerance
        (expected(0.5, 0.2504, 0.25), found((0, 0.5), (2, 0.2502))),  # at the last rank as well
    ],
)
def test_right(answer, ranked):
    assert mismatch(answer, ranked, TOLERANCE) == ""


@pytest.mark.parametrize(
    ("ranked", "reason"),
    [
        (found((0, 0.502), (1, 0.3)), "probability of class 0 differs by 0.002"),
        (found((0, float("nan")), (1, 0.3)), "probability of class 0 differs by nan"),
        (found((1, 0.5), (0, 0.3)), "classes 0 and 1 changed places"),
        (found((0, 0.5), (2, 0.2)), "classes 1 and 2 changed places"),
        (found((0, 0.5), (1, 0.3), label="wrong"), "class 0 is labelled 'wrong 0'"),
        (found((0, 0.5), (0, 0.5)), "1 classes instead of 2"),
        (found((0, 0.5), (7, 0.3)), "a class that doesn't exist"),
        (found(), "0 classes instead of 1"),
    ],
)
def test_wrong(ranked, reason):
    assert reason in mismatch(expected(0.5, 0.3, 0.2), ranked, TOLERANCE)
