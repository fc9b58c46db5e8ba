"""The queue: what makes a batch, who waits for whom, and when there is no place left."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from running_service import PATIENCE_S

from inference.serving.batching import Batcher, Job
from inference.serving.refusals import BUSY, ClientGone, Refusal

LONG_S = 3600.0  # longer than any test may take


def job(pictures: int = 1) -> Job:
    return Job([b"x"] * pictures, 5, None, lambda: False)  # type: ignore[arg-type]


def batcher(max_wait_s: float = LONG_S, max_pictures: int = 4, capacity: int = 8) -> Batcher:
    return Batcher(max_pictures, max_wait_s, capacity)


class Taking(threading.Thread):
    """Waits for a batch in a thread of its own."""

    def __init__(self, source: Batcher) -> None:
        super().__init__(daemon=True)
        self._source = source
        self.batch: Any = "nothing yet"
        self.start()

    def done(self) -> Any:
        self.join(PATIENCE_S)
        assert not self.is_alive()
        return self.batch

    def waits(self) -> bool:
        self.join(0.1)
        return self.is_alive()

    def run(self) -> None:
        self.batch = self._source.next_batch()


def test_a_lone_job_is_taken_at_once() -> None:
    source, one = batcher(), job()
    taking = Taking(source)
    assert taking.waits()
    source.submit(one, source.arrive())
    assert taking.done() == [one]


def test_what_is_queued_goes_together_in_order() -> None:
    source, jobs = batcher(), [job(), job(2), job()]
    for one in jobs:
        source.submit(one)
    assert source.next_batch() == jobs


def test_a_batch_is_bounded_and_the_rest_comes_next() -> None:
    source, jobs = batcher(), [job(3), job(2), job(2)]
    for one in jobs:
        source.submit(one)
    assert source.next_batch() == jobs[:1]
    assert source.next_batch() == jobs[1:]


def test_a_batch_waits_for_a_request_that_is_arriving() -> None:
    source, first, second = batcher(), job(), job()
    arrival = source.arrive()
    source.submit(first)
    taking = Taking(source)
    assert taking.waits()
    source.submit(second, arrival)
    assert taking.done() == [first, second]


def test_it_waits_no_longer_once_the_request_is_refused() -> None:
    source, first = batcher(), job()
    arrival = source.arrive()
    source.submit(first)
    taking = Taking(source)
    assert taking.waits()
    source.leave(arrival)
    assert taking.done() == [first]


def test_it_does_not_wait_longer_than_told() -> None:
    source, first = batcher(max_wait_s=0.05), job()
    source.arrive()  # and stays away
    source.submit(first)
    assert Taking(source).done() == [first]


def test_a_full_batch_waits_for_nobody() -> None:
    source, full = batcher(), job(4)
    source.arrive()
    source.submit(full)
    assert Taking(source).done() == [full]


def test_a_full_queue_refuses_instead_of_growing() -> None:
    source, jobs = batcher(), [job(4), job(3), job(2)]
    source.submit(jobs[0])
    source.submit(jobs[1])
    arrival = source.arrive()
    with pytest.raises(Refusal) as caught:
        source.submit(jobs[2], arrival)
    source.leave(arrival)
    assert (caught.value.code, caught.value.status) == (BUSY, 503)
    assert caught.value.headers == {"Retry-After": "1"}
    source.submit(job(1))
    with pytest.raises(Refusal):
        source.arrive()
    assert source.next_batch() == jobs[:1]
    source.arrive()  # there is room again


def test_stopping_ends_the_wait() -> None:
    source = batcher()
    taking = Taking(source)
    assert taking.waits()
    source.stop()
    assert taking.done() is None
    source.submit(job())
    assert source.next_batch() is None


def test_who_has_left_keeps_no_place_in_a_full_queue() -> None:
    async def fill() -> None:
        source, staying = batcher(), job(2)
        answers = [asyncio.get_running_loop().create_future() for _ in range(2)]
        left = [Job([b"x"] * 3, 5, answer, lambda: True) for answer in answers]
        for one in (left[0], staying, left[1]):
            source.submit(one)
        assert source.waiting == 8
        newcomer = job(5)
        source.submit(newcomer, source.arrive())
        assert source.waiting == 7
        told = await asyncio.gather(*answers, return_exceptions=True)
        assert [type(one) for one in told] == [ClientGone, ClientGone]
        assert [source.next_batch(), source.next_batch()] == [[staying], [newcomer]]

    asyncio.run(fill())


def test_nobody_leaves_as_long_as_there_is_room() -> None:
    source, left = batcher(), Job([b"x"] * 4, 5, None, lambda: True)  # type: ignore[arg-type]
    source.submit(left)
    assert source.next_batch() == [left]


def test_whoever_waits_for_a_batch_survives_that_its_requests_leave() -> None:
    async def leave() -> None:
        source = batcher(capacity=4, max_pictures=9)
        arrival = source.arrive()  # what the batch waits for
        answer = asyncio.get_running_loop().create_future()
        source.submit(Job([b"x"] * 4, 5, answer, lambda: True))
        taking = Taking(source)
        assert taking.waits()
        other = source.arrive()  # empties the queue
        assert source.waiting == 0
        assert isinstance((await asyncio.gather(answer, return_exceptions=True))[0], ClientGone)
        assert taking.waits()
        newcomer = job(4)
        source.submit(newcomer, arrival)
        source.leave(other)
        assert taking.done() == [newcomer]

    asyncio.run(leave())
