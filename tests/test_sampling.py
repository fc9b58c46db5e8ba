"""The plan of a measurement, and one sample: what is asked, what is counted, what is refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import count

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

from bench import page_cache
from bench.page_cache import CacheDrop
from bench.rounds import rounds
from bench.sampling import SampleSettings, take_sample
from builders.errors import SlimbenchError, WrongAnswer

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
    ops = [request["op"] for request in asked]
    assert ops == ["predict", "stats", *["predict"] * 7, "stats", "quit"]
    assert (sample.round, sample.position) == (4, 2)
    # The program's service time is its request's number.
    assert sample.warmup_ns == tuple(number * SERVICE_NS for number in (3, 4))
    assert sample.latency_ns == tuple(number * SERVICE_NS for number in (5, 6, 7, 8, 9))
    assert len(sample.round_trip_ns) == 5
    assert min(sample.round_trip_ns) > 0
    assert sample.peak_rss_bytes == PEAK_BYTES
    assert sample.phases.total_ns > 0
    assert sample.phases.engine_ns is None  # the engine in memory runs no process
    assert 0 <= sample.phases.create_ns <= sample.phases.launch_ns
    assert sample.usage.cold_peak_rss_bytes == PEAK_BYTES
    assert sample.usage.cold_cpu_ns is None
    assert [one.part for one in sample.disturbances] == ["start", "requests"]
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
    assert sample.disturbances == ()
    assert sample.usage.cold_peak_rss_bytes == PEAK_BYTES


@pytest.mark.parametrize(("wrong", "picture"), [(1, "one.png"), (2, "one.png"), (8, "two.png")])
def test_wrong_answers_are_not_timed(wrong, picture):
    asked = count(1)

    def reply(request):
        if request["op"] != "predict":
            return right_reply(request)
        return result(request, (0.3, 0.5, 0.2) if next(asked) == wrong else PROBS)

    engine = engine_running(speaking(reply))
    with pytest.raises(WrongAnswer) as caught:
        take_sample(engine, IMAGE, SETTINGS, EXPECTED, (0, 0))
    assert str(caught.value).startswith(f"{picture}: request {wrong} was answered wrong: ")
    assert "classes 0 and 1 changed places" in str(caught.value)
    told = "expected class 0 (class 0) with 0.500000, got class 1 (class 1) with 0.500000; "
    assert told in str(caught.value)
    assert leftovers(engine) == 0


@pytest.mark.parametrize(
    ("probs", "told"),
    [
        ((0.51, 0.3, 0.19), "expected class 0 (class 0) with 0.500000, got class 0 (class 0) wi"),
        ((0.5, 0.29, 0.21), "expected class 1 (class 1) with 0.300000, got class 1 (class 1) wi"),
    ],
)
def test_the_class_that_is_farthest_off_is_shown(probs, told):
    engine = engine_running(
        speaking(lambda asked: result(asked, probs) if "path" in asked else right_reply(asked))
    )
    with pytest.raises(WrongAnswer, match="the probability of class") as caught:
        take_sample(engine, IMAGE, SETTINGS, EXPECTED, (0, 0))
    assert told in str(caught.value)


def test_no_class_at_all_is_shown_as_such():
    engine = engine_running(
        speaking(lambda asked: result({**asked, "top": 0}) if "path" in asked else "")
    )
    with pytest.raises(WrongAnswer, match="0 classes instead of 1; got no class at all"):
        take_sample(engine, IMAGE, SETTINGS, EXPECTED, (0, 0))


def test_a_cold_page_cache_is_emptied_before_each_sample(monkeypatch):
    engine = engine_running(speaking())
    events: list[object] = []
    monkeypatch.setattr(
        page_cache,
        "drop_page_cache",
        lambda one_kernel: events.append(len(engine.calls)) or CacheDrop(dropped=True),
    )
    for number in range(2):
        take_sample(engine, IMAGE, replace(SETTINGS, page_cache="cold"), EXPECTED, (number, 0))
    created = [place for place, call in enumerate(engine.calls) if call[0] == "create"]
    assert events == created


def test_without_a_cold_page_cache_nothing_is_measured(monkeypatch):
    engine = engine_running(speaking())
    refused = CacheDrop(dropped=False, reason="only root may empty the page cache")
    monkeypatch.setattr(page_cache, "drop_page_cache", lambda one_kernel: refused)
    with pytest.raises(SlimbenchError, match="no start from a cold page cache was measured: only"):
        take_sample(engine, IMAGE, replace(SETTINGS, page_cache="cold"), EXPECTED, (0, 0))
    assert [call for call in engine.calls if call[0] == "create"] == []
