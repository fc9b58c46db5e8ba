"""Which weights are equal, and what is told of the first that isn't."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.training_weights import compare_weights

EXPECTED = {"bias": 0.5, "weight[0]": 2.0, "weight[1]": -3.0}
TOLERANCE = 1e-6

numbers = st.floats(-1e6, 1e6)


def compared(**changes: float | None):  # type: ignore[no-untyped-def]
    names = {"bias": "bias", "first": "weight[0]", "second": "weight[1]", "other": "weight[2]"}
    found: dict[str, float | None] = dict(EXPECTED)
    found.update({names[key]: value for key, value in changes.items()})
    kept = {name: value for name, value in found.items() if value is not None}
    return compare_weights("bulky", EXPECTED, kept, TOLERANCE)


def test_the_very_same_weights_are_equal() -> None:
    found = compared()
    assert (found.equal, found.reason, found.max_abs_diff) == (True, "", 0.0)
    assert (found.reference, found.tolerance) == ("bulky", TOLERANCE)


def test_a_small_difference_is_told_and_tolerated() -> None:
    found = compared(first=2.0 + 0.5e-6)
    assert found.equal
    assert found.max_abs_diff == pytest.approx(0.5e-6)


def test_the_first_weight_that_differs_is_shown() -> None:
    found = compared(first=2.00001, second=-4.0)
    assert not found.equal
    assert found.reason == (
        "weight[0] is 2.00001 instead of 2.0, a difference of 1e-05 where 1e-06 is allowed"
    )
    assert found.max_abs_diff == 1.0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"bias": None}, "it has no bias"),
        ({"other": 1.0}, "it has a weight[2] that the reference lacks"),
        ({"bias": float("nan")}, "bias is nan instead of 0.5"),
        ({"bias": float("inf")}, "bias is inf instead of 0.5"),
    ],
)
def test_what_can_not_be_compared_differs(changes: dict[str, float | None], reason: str) -> None:
    assert compared(**changes).reason.startswith(reason)


def test_nothing_compared_is_no_match() -> None:
    found = compare_weights("bulky", {}, {}, TOLERANCE)
    assert (found.equal, found.reason) == (False, "no weight was compared")
    assert found.max_abs_diff is None


@given(numbers, numbers, st.floats(0, 1))
def test_equal_means_within_the_tolerance_whichever_is_the_reference(
    one: float, other: float, tolerance: float
) -> None:
    there = compare_weights("a", {"w": one}, {"w": other}, tolerance)
    back = compare_weights("b", {"w": other}, {"w": one}, tolerance)
    assert there.equal == back.equal == (abs(one - other) <= tolerance)
