"""Requests that are timed, each answer compared with the expected one: no wrong answer is timed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from pathlib import Path

from bench.answers import Answer, RankedClass
from bench.conversation import Answered
from bench.events import Result
from bench.expectation import mismatch
from bench.session import Session
from builders.errors import WrongAnswer
from inference import protocol

Picture = tuple[str, Answer]  # its path in the container, and what is to be answered


@dataclass(frozen=True)
class TimedRequests:
    """Requests to one container, numbered from 1; `pictures` are gone through in their order."""

    running: Session
    pictures: Sequence[Picture]
    top_k: int
    tolerance: float
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def right_answers(self, number: int) -> tuple[Answered[Result], ...]:
        """Ask so many times, from the first picture on, one after the other.

        Raises:
            WrongAnswer: an answer isn't the expected one.
            SessionFailed: the container failed.
        """
        return tuple(map(self._right_answer, islice(cycle(self.pictures), number)))

    def _right_answer(self, picture: Picture) -> Answered[Result]:
        path, expected = picture
        answer = self.running.ask(Result, protocol.PREDICT, path=path, top=self.top_k)
        number, found = next(self._numbers), answer.event.top
        if reason := mismatch(expected, found, self.tolerance):
            raise WrongAnswer(
                f"request {number} was answered wrong: {reason}; {_shown(expected, found)}",
                where=Path(expected.picture).name,
                next_step="it answered right when it was verified, so look for what is random",
            )
        return answer


def _shown(expected: Answer, found: Sequence[RankedClass]) -> str:
    """The best-ranked class that differs, as it should be and as it is."""
    pairs = list(zip(expected.top, found))
    other = (pair for pair in pairs if _class(pair[0]) != _class(pair[1]))
    farthest = max(pairs, key=lambda pair: abs(pair[0].prob - pair[1].prob), default=None)
    pair = next(other, farthest)
    return f"expected {_told(pair[0])}, got {_told(pair[1])}" if pair else "got no class at all"


def _class(ranked: RankedClass) -> tuple[int, str]:
    return ranked.class_id, ranked.label


def _told(ranked: RankedClass) -> str:
    return f"class {ranked.class_id} ({ranked.label}) with {ranked.prob:.6f}"
