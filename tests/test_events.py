"""Lines of a session as events: those of the protocol, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.events import (
    BatchResult,
    Bye,
    Description,
    Error,
    Imported,
    Ready,
    Result,
    Started,
    Stats,
    parse_event,
)
from inference import protocol

LINES = {
    protocol.STARTED: ({"protocol": 1, "python": "3.11.2"}, Started),
    protocol.IMPORTED: ({"versions": {"torch": "2"}}, Imported),
    protocol.READY: ({"threads": 1, "backend": "onnx", "notice": ""}, Ready),
    protocol.RESULT: ({"id": 1, "elapsed_ns": {"total": 5, "decode": 1}, "top": []}, Result),
    protocol.BATCH_RESULT: ({"id": 2, "elapsed_ns": {"total": 5}, "tops": [[], []]}, BatchResult),
    protocol.DESCRIPTION: (
        {"id": 3, "python": "3", "compiler": "c", "build_flags": "", "packages": {}},
        Description,
    ),
    protocol.STATS: ({"id": "x", "peak_rss_bytes": 5, "cpu_ns": 1}, Stats),
    protocol.ERROR: ({"id": None, "code": protocol.NOT_FOUND, "message": "no"}, Error),
    protocol.BYE: ({}, Bye),
}


@pytest.mark.parametrize("name", LINES)
def test_every_event_of_the_protocol_is_known(name):
    fields, kind = LINES[name]
    found = parse_event(json.dumps({protocol.EVENT: name, "t_ns": 7, **fields}))
    assert isinstance(found, kind)
    assert found.t_ns == 7


@pytest.mark.parametrize(
    "line",
    [
        "",
        "no JSON",
        "[]",
        '{"event": "bye"}',
        '{"event": "unheard", "t_ns": 1}',
        '{"event": "stats", "t_ns": 1, "id": 1, "peak_rss_bytes": "much"}',
        '{"event": "result", "t_ns": 1, "id": 1, "elapsed_ns": {"total": 1}, "top": [{"rank": 1}]}',
    ],
)
def test_anything_else_is_none(line):
    assert parse_event(line) is None


@given(st.text())
def test_no_line_breaks_it(line):
    assert parse_event(line) is None
