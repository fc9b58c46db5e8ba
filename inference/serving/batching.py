"""The bounded queue between requests and the worker, and what goes through the model together.

The worker takes what is queued as soon as it is free: while it computes, the next batch gathers by
itself. It waits for more only while a request is on its way (its headers are here, its body is
not), and no longer than `max_wait_s` after the first of the batch was queued or the latest began
to arrive. So a lone request is never delayed, nor is anyone by an upload that is stuck.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional, Union

from inference.serving.image_folder import ImageFile
from inference.serving.refusals import BUSY, ClientGone, Refusal

Picture = Union[bytes, ImageFile]
Top = list[dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Job:
    """One request's pictures.

    Attributes:
        pictures: encoded, or where to read them from.
        top: how many classes are wanted for each.
        answer: gets the classes of each picture, or the exception that says why not.
        gone: whether the client has left; asked from the worker's thread.
    """

    pictures: Sequence[Picture]
    top: int
    answer: asyncio.Future[list[Top]]
    gone: Callable[[], bool]
    queued_s: float = field(default_factory=time.monotonic)


class Arrival:
    """A request whose body is on its way."""


class Batcher:
    """Jobs in, batches out; every method may be called from any thread."""

    def __init__(self, max_pictures: int, max_wait_s: float, capacity: int) -> None:
        self._max_pictures = max_pictures
        self._max_wait_s = max_wait_s
        self._capacity = capacity
        self._changed = threading.Condition()
        self._arriving: dict[Arrival, float] = {}  # when each began, oldest first
        self._queue: deque[Job] = deque()
        self._pictures = 0  # in the queue
        self._stopped = False

    def arrive(self) -> Arrival:
        """A request is on its way; raises Refusal busy when there is no place left for any."""
        with self._changed:
            self._make_room(1)
            arrival = Arrival()
            self._arriving[arrival] = time.monotonic()
            return arrival

    def leave(self, arrival: Arrival) -> None:
        """It won't come, or has come already."""
        with self._changed:
            if self._arriving.pop(arrival, None) is not None:
                self._changed.notify()

    def submit(self, job: Job, arrival: Optional[Arrival] = None) -> None:
        """Queue a job; raises Refusal busy instead of growing."""
        with self._changed:
            self._make_room(len(job.pictures))
            if arrival is not None:
                self._arriving.pop(arrival, None)
            self._queue.append(job)
            self._pictures += len(job.pictures)
            self._changed.notify()

    @property
    def waiting(self) -> int:
        """Pictures in the queue."""
        return self._pictures

    def stop(self) -> None:
        """No batch comes any more."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def next_batch(self) -> Optional[list[Job]]:
        """Wait for jobs; None once stopped."""
        with self._changed:
            while not self._stopped:
                left_s = self._wait_s() if self._queue else None
                if left_s is not None and left_s <= 0:
                    return self._take()
                self._changed.wait(left_s)
            return None

    def _make_room(self, pictures: int) -> None:
        """Raise Refusal busy unless there is room; clients that have left give theirs up."""
        if self._pictures + pictures > self._capacity:
            for job in [one for one in self._queue if one.gone()]:
                self._queue.remove(job)
                self._pictures -= len(job.pictures)
                job.answer.get_loop().call_soon_threadsafe(_abandon, job.answer)
        if self._pictures + pictures > self._capacity:
            raise Refusal(BUSY, "the queue is full")

    def _wait_s(self) -> float:
        """How long it is worth waiting for more."""
        if self._pictures >= self._max_pictures or not self._arriving:
            return 0.0
        latest = next(reversed(self._arriving.values()))
        return min(self._queue[0].queued_s, latest) + self._max_wait_s - time.monotonic()

    def _take(self) -> list[Job]:
        """The oldest jobs whose pictures fit into a batch, one job at least."""
        batch = [self._queue.popleft()]
        pictures = len(batch[0].pictures)
        while self._queue and pictures + len(self._queue[0].pictures) <= self._max_pictures:
            batch.append(self._queue.popleft())
            pictures += len(batch[-1].pictures)
        self._pictures -= pictures
        return batch


def _abandon(answer: asyncio.Future[list[Top]]) -> None:
    if not answer.done():
        answer.set_exception(ClientGone())
