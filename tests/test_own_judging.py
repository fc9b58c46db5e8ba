"""Answers of services of the user's own, held to what the matrix and the reference say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.own_service.differences import differences
from bench.own_service.judging import Given, judge
from builders.own_answers import CommandExpectation, HttpExpectation

ANSWER = {"species": "setosa", "scores": [0.97, 0.02, 0.01], "version": "1.2"}
TEXT = json.dumps(ANSWER)


def expect(**said: Any) -> HttpExpectation:
    return HttpExpectation.model_validate(said)


def reason(given_text: str, reference: str | None = None, code: int = 200, **said: Any) -> str:
    held_to = None if reference is None else Given(200, reference)
    return judge(Given(code, given_text), expect(**said), held_to).reason


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"json": {"$.species": "setosa"}},
        {"json": {"$.scores": [0.97, 0.02, 0.01], "species": "setosa"}},
        {"json": {"$.scores[0]": 1}, "tolerance": 0.05},
        {"json": {"$": ANSWER}},
        {"text": {"contains": "setosa"}},
        {"text": {"equals": f"{TEXT}\n"}},
        {"text": {"matches": r'"scores": \[0\.9'}},
    ],
)
def test_right_answers_pass(said: dict[str, Any]) -> None:
    assert reason(TEXT, **said) == ""


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"json": {"$.species": "virginica"}}, '$.species is "setosa" instead of "virginica"'),
        ({"json": {"$.scores[0]": 0.5}}, "$.scores[0] is 0.97 instead of 0.5, beyond 1e-06"),
        ({"json": {"$.kind": "x"}}, "$.kind finds nothing in the answer '{"),
        ({"json": {"$.scores[*]": 1}}, "$.scores[*] finds 3 values in the answer '{"),
        ({"json": {"$.scores": 1}}, "$.scores is [0.97, 0.02, 0.01] instead of 1"),
        ({"json": {"$.scores": [1]}}, "$.scores has 3 items instead of 1"),
        ({"text": {"equals": "setosa"}}, "isn't 'setosa'"),
        ({"text": {"contains": "rose"}}, "doesn't hold 'rose'"),
        ({"text": {"matches": "^rose$"}}, "doesn't match '^rose$'"),
    ],
)
def test_wrong_answers_are_told(said: dict[str, Any], told: str) -> None:
    assert told in reason(TEXT, **said)


def test_true_is_not_one() -> None:
    assert reason('{"a": true}', json={"$.a": 1}) == "$.a is true instead of 1"


def test_what_is_no_json_is_told() -> None:
    assert reason("<html>", json={"$.a": 1}) == "the answer is no JSON: '<html>'"
    assert "the answer is no JSON: '<html>'" in reason("<html>", TEXT, same=["$.species"])
    assert "no JSON, as the reference's is: '<html>'" in reason("<html>", TEXT)
    assert "the reference's answer is no JSON: 'oops'" in reason(TEXT, "oops", same=["$.species"])


def test_the_code_counts_before_the_answer() -> None:
    told = reason("Internal Server Error", code=500, json={"$.a": 1})
    assert told == "answered with status 500 instead of 200, saying 'Internal Server Error'"
    ended = judge(Given(3, ""), CommandExpectation(), None).reason
    assert ended == "ended with exit code 3 instead of 0"


def test_without_words_the_reference_is_the_measure() -> None:
    near = {**ANSWER, "scores": [0.9700001, 0.02, 0.01]}
    assert reason(json.dumps(near), TEXT) == ""
    assert reason(json.dumps({**ANSWER, "scores": [0.9, 0.02, 0.01]}), TEXT) == (
        "$.scores[0] is 0.9 instead of 0.97, beyond 1e-06"
    )
    assert reason(json.dumps({"species": "setosa"}), TEXT) == "$.scores is missing"
    assert reason(json.dumps({**ANSWER, "more": 1}), TEXT) == "$.more isn't in what is expected"
    assert reason("setosa\n", "setosa") == ""
    assert reason("rose", "setosa") == "'rose' isn't the reference's answer 'setosa'"


def test_only_what_must_be_the_same_is_compared() -> None:
    other = json.dumps({**ANSWER, "version": "2.0"})
    assert reason(other, TEXT, same=["$.species", "$.scores"]) == ""
    assert "$.version" in reason(other, TEXT, same=["$.version"])
    assert reason(TEXT, TEXT, same=["$.absent"]).startswith("$.absent finds nothing in the ref")
    fewer = json.dumps({**ANSWER, "scores": [0.97]})
    assert reason(fewer, TEXT, same=["$.scores[*]"]) == (
        "$.scores[*] finds 1 values instead of the reference's 3"
    )


def test_the_values_and_the_largest_difference_are_counted() -> None:
    found = judge(Given(200, TEXT), expect(json={"$.scores": [0.9, 0.02, 0.0]}, tolerance=1), None)
    assert (found.reason, found.compared) == ("", 3)
    assert found.max_abs_diff == pytest.approx(0.07)
    words = judge(Given(200, TEXT), expect(json={"$.species": "setosa"}), None)
    assert (words.compared, words.max_abs_diff) == (1, None)


def test_not_a_number_is_never_near() -> None:
    found = judge(Given(200, '{"a": NaN}'), expect(json={"$.a": 1.0}, tolerance=1e9), None)
    assert found.reason == "$.a is nan instead of 1.0, beyond 1e+09"
    assert found.max_abs_diff is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.floats(-9, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_every_value_is_its_own_and_no_other_s(value: Any) -> None:
    assert not any(one.reason for one in differences(value, value, "$", 0.0))
    assert any(one.reason for one in differences([value], [value, value], "$", 0.0))


@given(VALUES, VALUES)
def test_differences_are_the_same_both_ways(one: Any, other: Any) -> None:
    there = [bool(found.reason) for found in differences(one, other, "$", 0.5)]
    back = [bool(found.reason) for found in differences(other, one, "$", 0.5)]
    assert there == back
