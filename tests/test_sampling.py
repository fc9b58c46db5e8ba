"""The plan of a measurement, and one sample: what is asked, what is counted, what is refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from session_programs import (
    IMAGE,
    LIMITS,
    PEAK_BYTES,
    PROBS,
    SERVICE_NS,
    engine_running,
    expected_answers,
    leftovers,
    result,
    right_reply,
    speaking,
)

from bench.sampling import SampleSettings, rounds, take_sample
from builders.errors import SessionFailed

NAMES = st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=8)
SETTINGS = SampleSettings(
    limits=LIMITS, warmups=2, requests=5, top_k=2, tolerance=1e-3, one_kernel=True
)
PICTURES = ("/a/one.png", "/b/two.png", "/a/three.png")
EXPECTED = expected_answers(*PICTURES)


@given(names=NAMES, count=st.integers(0, 20), seed=st.integers())
def test_every_round_holds_every_name_once(names, count, seed):
    plan = rounds(names, count, seed)
    assert len(plan) == count
    assert all(Counter(order) == Counter(names) for order in plan)
    assert plan == rounds(names, count, seed)
    assert plan[: count // 2] == rounds(names, count // 2, seed)


def test_order_is_the_same_on_every_python():
    assert rounds(("a", "b", "c", "d"), 3, 20240612) == (
        ("c", "b", "d", "a"),
        ("b", "a", "d", "c"),
        ("b", "c", "d", "a"),
    )


def test_orders_and_seeds_differ():
    names = tuple("abcdefgh")
    assert len(set(rounds(names, 10, 1))) == 10
    assert rounds(names, 10, 1) != rounds(names, 10, 2)


def test_takes_a_sample():
    asked: list[dict] = []
    engine = engine_running(speaking(asked=asked))
    sample = take_sample(engine, IMAGE, SETTINGS, EXPECTED, (4, 2))
    paths = [request["path"] for request in asked if request["op"] == "predict"]
    one, two, three = "/data/0/one.png", "/data/1/two.png", "/data/0/three.png"
    assert paths == [one, one, two, one, two, three, one, two]
    assert [request["op"] for request in asked[8:]] == ["stats", "quit"]
    assert (sample.round, sample.position) == (4, 2)
    # The program's service time is its request's number.
    assert sample.warmup_ns == tuple(number * SERVICE_NS for number in (2, 3))
    assert sample.latency_ns == tuple(number * SERVICE_NS for number in (4, 5, 6, 7, 8))
    assert len(sample.round_trip_ns) == 5
    assert min(sample.round_trip_ns) > 0
    assert sample.peak_rss_bytes == PEAK_BYTES
    assert sample.phases.total_ns > 0
    assert sample.phases.engine_ns is None  # the engine in memory runs no process
    assert leftovers(engine) == 0


def test_each_sample_has_a_fresh_container():
    engine = engine_running(speaking())
    for number in range(3):
        take_sample(engine, IMAGE, SETTINGS, EXPECTED, (number, 0))
    names = [spec.name for name, spec in engine.calls if name == "create"]
    assert len(set(names)) == 3


def test_on_two_kernels_too():
    engine = engine_running(speaking())
    sample = take_sample(engine, IMAGE, replace(SETTINGS, one_kernel=False), EXPECTED, (0, 0))
    assert sample.phases.interpreter_ns is None
    assert sample.phases.launch_ns >= 0


@pytest.mark.parametrize("wrong", [1, 2, 8])
def test_wrong_answers_are_not_timed(wrong):
    def reply(request):
        probs = (0.3, 0.5, 0.2) if request["id"] == wrong else PROBS
        return result(request, probs) if request["op"] == "predict" else right_reply(request)

    engine = engine_running(speaking(reply))
    with pytest.raises(SessionFailed, match=f"request {wrong} was answered wrong: ") as caught:
        take_sample(engine, IMAGE, SETTINGS, EXPECTED, (0, 0))
    assert "classes 0 and 1 changed places" in str(caught.value)
    assert caught.value.where in ("one.png", "two.png")
    assert leftovers(engine) == 0
