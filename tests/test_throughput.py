"""Batches in one container: what is asked, what is timed, what is refused, on which CPUs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from session_programs import (
    IMAGE,
    LIMITS,
    PROBS,
    batch_result,
    engine_running,
    expected_answers,
    leftovers,
    right_reply,
    speaking,
)

from bench.processor_times import cpus_of
from bench.throughput import (
    FIRST_WARMUPS,
    WARMUPS,
    ThroughputSettings,
    batches_of,
    take_batches,
    with_threads,
)
from builders.engine import ContainerSpec
from builders.errors import SessionFailed, WrongAnswer
from builders.fake_engine import FakeEngine
from builders.matrix import Limits

TWO = Limits(cpu_set="0,1", threads=2)
SETTINGS = ThroughputSettings(limits=TWO, batches=(1, 2, 32), top_k=2, tolerance=1e-3)
EXPECTED = expected_answers("/a/one.png", "/b/two.png", "/a/three.png")
PATHS = ["/data/0/one.png", "/data/1/two.png", "/data/0/three.png"]
WRONG = (0.3, 0.5, 0.2)


def created(engine: FakeEngine) -> list[ContainerSpec]:
    return [spec for name, spec in engine.calls if name == "create"]  # type: ignore[misc]


def test_takes_batches_of_every_size_in_one_container():
    asked: list[dict[str, Any]] = []
    engine = engine_running(speaking(asked=asked))
    samples = take_batches(engine, IMAGE, SETTINGS, EXPECTED, 4)
    assert [(one.round, one.batch, one.threads, one.threads_used) for one in samples] == [
        (4, 1, 2, 3),
        (4, 2, 2, 3),
        (4, 32, 2, 3),
    ]
    assert [len(one.elapsed_ns) for one in samples] == [24, 12, 3]
    assert {one.cpu_set for one in samples} == {"0,1"}
    batches = [request["paths"] for request in asked if request["op"] == "batch"]
    first = FIRST_WARMUPS + 24
    assert [len(paths) for paths in batches] == [1] * first + [2] * (WARMUPS + 12) + [32] * 4
    assert [path for paths in batches[first : first + 3] for path in paths] == PATHS * 2
    (spec,) = created(engine)
    assert spec.command == ("session", "--threads", "2")
    assert spec.cpu_set == "0,1"
    assert leftovers(engine) == 0


def test_warm_ups_are_not_counted():
    """The program's time is its request's number."""
    engine = engine_running(speaking())
    first, second, _ = take_batches(engine, IMAGE, SETTINGS, EXPECTED, 0)
    numbers = [elapsed // 1000 for elapsed in first.elapsed_ns]
    assert numbers == list(range(FIRST_WARMUPS + 1, FIRST_WARMUPS + 25))
    assert second.elapsed_ns[0] // 1000 == numbers[-1] + WARMUPS + 1


@pytest.mark.parametrize("place", [0, 31])
def test_one_wrong_picture_of_a_batch_is_told(place: int):
    def reply(request: dict[str, Any]) -> str:
        if request["op"] != "batch" or len(request["paths"]) < 32:
            return right_reply(request)
        return batch_result(request, {place: WRONG})

    engine = engine_running(speaking(reply))
    with pytest.raises(WrongAnswer) as caught:
        take_batches(engine, IMAGE, SETTINGS, EXPECTED, 0)
    assert caught.value.where == ("one.png", "two.png")[place % 3]
    assert "a batch of 32 was answered wrong: classes 0 and 1 changed places" in str(caught.value)
    assert leftovers(engine) == 0


def test_answers_in_another_order_are_wrong():
    """A service that mixes its pictures up is fast and useless."""
    by_path = {"/data/0/one.png": PROBS, "/data/1/two.png": WRONG}
    expected = expected_answers("/a/one.png")
    other = expected_answers("/b/two.png", probs=WRONG)
    both = type(expected)(pictures=(*expected.pictures, *other.pictures))

    def reply(turned: bool) -> Any:
        def answer(request: dict[str, Any]) -> str:
            if request["op"] != "batch":
                return right_reply(request)
            paths = request["paths"][::-1] if turned else request["paths"]
            return batch_result(request, dict(enumerate(by_path[path] for path in paths)))

        return answer

    good = engine_running(speaking(reply(turned=False)))
    assert len(take_batches(good, IMAGE, SETTINGS, both, 0)) == 3
    turned = engine_running(speaking(reply(turned=True)))
    with pytest.raises(WrongAnswer, match="a batch of 2 was answered wrong"):
        take_batches(turned, IMAGE, SETTINGS, both, 0)


def test_a_missing_answer_is_wrong():
    def reply(request: dict[str, Any]) -> str:
        if request["op"] != "batch":
            return right_reply(request)
        answer = json.loads(batch_result(request))
        return json.dumps({**answer, "tops": answer["tops"][1:]})

    with pytest.raises(WrongAnswer, match="0 answers came for a batch of 1"):
        take_batches(engine_running(speaking(reply)), IMAGE, SETTINGS, EXPECTED, 0)


def test_an_image_without_batches_fails_in_words():
    def reply(request: dict[str, Any]) -> str:
        unknown = {"event": "error", "t_ns": 1, "id": request["id"], "code": "bad-request"}
        return json.dumps({**unknown, "message": "'op' is none of predict"})

    with pytest.raises(SessionFailed, match="answered bad-request: 'op' is none of predict"):
        take_batches(engine_running(speaking(reply)), IMAGE, SETTINGS, EXPECTED, 0)


def test_small_batches_are_many_and_large_ones_at_least_three():
    assert [batches_of(size) for size in (1, 2, 8, 9, 32, 256)] == [24, 12, 3, 3, 3, 3]


@pytest.mark.parametrize(
    ("cpu_set", "threads", "available", "found"),
    [
        ("0", 1, 2, "0"),
        ("0", 2, 2, "0,1"),
        ("1", 2, 2, "0,1"),
        ("3", 2, 4, "0,3"),
        ("0-3", 2, 4, "0-3"),
        ("2,2", 2, 4, "0,2"),
        ("1,3", 4, 4, "0,1,2,3"),
        ("0", 2, 1, None),
        ("0-1", 3, 2, None),
    ],
)
def test_threads_get_cpus(cpu_set: str, threads: int, available: int, found: str | None):
    limits = with_threads(Limits(cpu_set=cpu_set), threads, available)
    assert (limits and (limits.threads, limits.cpu_set)) == (found and (threads, found))


@given(st.sets(st.integers(0, 7), min_size=1), st.integers(1, 10))
def test_there_are_cpus_for_all_threads_and_the_asked_ones_stay(cpus: set[int], threads: int):
    cpu_set = ",".join(map(str, cpus))
    limits = with_threads(LIMITS.model_copy(update={"cpu_set": cpu_set}), threads, 8)
    if threads > 8:
        assert limits is None
        return
    assert limits is not None
    got = set(cpus_of(limits.cpu_set))
    assert len(got) == max(threads, len(cpus))
    assert cpus <= got <= set(range(8))
    assert limits.memory_bytes == LIMITS.memory_bytes
