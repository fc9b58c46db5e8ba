"""Every line is a checked request or a sentence on what is wrong with it."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.protocol import BAD_REQUEST, MAX_LINE_BYTES
from inference.requests import BadRequest, Request, parse_request


def refusal(line: bytes) -> BadRequest:
    with pytest.raises(BadRequest) as caught:
        parse_request(line)
    assert caught.value.code == BAD_REQUEST
    return caught.value


def test_a_whole_request() -> None:
    line = b'{"op": "predict", "id": "a", "path": "/x.png", "top": 3, "probs": true}\n'
    assert parse_request(line) == Request("predict", "a", ("/x.png",), 3, True)


def test_the_defaults() -> None:
    assert parse_request(b'{"op": "predict", "path": "x"}') == Request("predict", None, ("x",), 5)
    line = b'{"op": "batch", "paths": ["x", "y"], "id": 1}'
    assert parse_request(line) == Request("batch", 1, ("x", "y"), 5)
    assert parse_request(b'{"op": "stats", "id": 7}') == Request("stats", 7)
    assert parse_request(b'{"op": "quit"}') == Request("quit")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"", "the line is no JSON"),
        (b"{", "the line is no JSON"),
        (b"\xff\xfe", "the line is no JSON"),
        (b"[" * 60_000, "the line is no JSON"),
        (b"[1]", "the line is JSON, but no object"),
        (b"{}", "'op' is none of batch, describe, predict, quit, stats"),
        (b'{"op": []}', "'op' is none of batch, describe, predict, quit, stats"),
        (b'{"op": "train"}', "'op' is none of batch, describe, predict, quit, stats"),
        (b'{"op": "stats", "path": "x"}', "'stats' has no key 'path'"),
        (b'{"op": "predict", "path": "x", "topp": 1}', "'predict' has no key 'topp'"),
        (b'{"op": "predict"}', "'path' is no string, or an empty one"),
        (b'{"op": "predict", "path": ""}', "'path' is no string, or an empty one"),
        (b'{"op": "predict", "path": 3}', "'path' is no string, or an empty one"),
        (b'{"op": "predict", "path": "x", "top": 0}', "'top' is no integer of at least 1"),
        (b'{"op": "predict", "path": "x", "top": true}', "'top' is no integer of at least 1"),
        (b'{"op": "predict", "path": "x", "probs": 1}', "'probs' is neither true nor false"),
        (b'{"op": "batch", "path": "x"}', "'batch' has no key 'path'"),
        (b'{"op": "batch"}', "'paths' is no list of 1 to 256 paths"),
        (b'{"op": "batch", "paths": []}', "'paths' is no list of 1 to 256 paths"),
        (b'{"op": "batch", "paths": ["x", ""]}', "'paths' holds something else than a path"),
        (b'{"op": "batch", "paths": ["x", 1]}', "'paths' holds something else than a path"),
        (b'{"op": "batch", "paths": ["x"], "probs": true}', "'batch' has no key 'probs'"),
        (b'{"op": "batch", "paths": ["x"], "top": 0}', "'top' is no integer of at least 1"),
        (b'{"op": "stats", "id": 1.5}', "'id' is neither a string nor an integer"),
        (b'{"op": "stats", "id": true}', "'id' is neither a string nor an integer"),
        (b"x" * (MAX_LINE_BYTES + 1), f"the line is longer than {MAX_LINE_BYTES} bytes"),
    ],
)
def test_what_is_wrong_is_said(line: bytes, sentence: str) -> None:
    assert refusal(line).message == sentence


def test_a_wrong_request_keeps_its_id() -> None:
    assert refusal(b'{"op": "train", "id": 9}').id == 9
    assert refusal(b'{"op": "predict", "id": "x"}').id == "x"


KEYS = st.sampled_from(["op", "id", "path", "paths", "top", "probs", "else"])
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(),
    st.lists(st.text(), max_size=3),
    st.sampled_from(["predict", "batch", "stats"]),
)


@given(st.one_of(st.binary(), st.dictionaries(KEYS, VALUES).map(lambda d: json.dumps(d).encode())))
def test_any_line_is_understood_or_refused(line: bytes) -> None:
    with suppress(BadRequest):  # anything else that it raises fails here
        request = parse_request(line)
        assert request.op in {"predict", "batch", "describe", "stats", "quit"}
        assert request.top >= 1
        assert bool(request.paths) == (request.op in {"predict", "batch"})
