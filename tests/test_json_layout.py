from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.json_layout import laid_out

SAMPLE = {"b": [{"x": 1, "y": [2, 3]}, {}], "a": "two\nlines", "c": []}
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
)


@given(VALUES, st.integers(0, 6))
def test_it_is_the_same_json_in_the_same_order_at_any_depth(value, depth):
    text = laid_out(value, depth)
    ordered = json.dumps(value, sort_keys=True)
    assert json.dumps(json.loads(text)) == ordered


@pytest.mark.parametrize(
    ("depth", "lines"),
    [
        (0, ['{"a":"two\\nlines","b":[{"x":1,"y":[2,3]},{}],"c":[]}']),
        (1, ["{", ' "a": "two\\nlines",', ' "b": [{"x":1,"y":[2,3]},{}],', ' "c": []', "}"]),
        (
            2,
            [
                "{",
                ' "a": "two\\nlines",',
                ' "b": [',
                '  {"x":1,"y":[2,3]},',
                "  {}",
                " ],",
                ' "c": []',
                "}",
            ],
        ),
    ],
)
def test_what_lies_deeper_is_one_line(depth, lines):
    assert laid_out(SAMPLE, depth).split("\n") == lines


@pytest.mark.parametrize("value", [float("nan"), [float("inf")]])
def test_no_number_is_no_json(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        laid_out(value, 2)
