"""What is asked of the containers of one variant, and what must be answered."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Union

from bench.answers import Answer, Answers
from bench.service.container import Service
from bench.service.conversation import health, posted, wait_ready
from bench.service.multipart import multipart
from bench.service.predictions import require_right
from bench.service_types import ServiceStart


@dataclass(frozen=True)
class Asking:
    """Pictures with their expected answers, at least one; `tolerance` is the variant's."""

    expected: Answers
    top_k: int
    tolerance: float

    @cached_property
    def forms(self) -> Sequence[bytes]:
        """Each picture as the body of a request."""
        return tuple(multipart(Path(answer.picture)) for answer in self.expected.pictures)

    @property
    def path(self) -> str:
        """What is asked for."""
        return f"/predict?top={self.top_k}"

    def first_answer(self, service: Service, number: int) -> ServiceStart:
        """The start of a service that was just created, until its first right answer.

        Args:
            service: that was just started.
            number: of the round.

        Raises:
            WrongAnswer: the first answer was wrong.
            SessionFailed: it ended, or didn't answer.
        """
        form = self.forms[0]
        ready_ns = wait_ready(service)
        body = posted(service, form, self.top_k)
        answered_ns = time.monotonic_ns()
        self.require(body, 0, "the first request")
        return ServiceStart(
            round=number,
            ready_ns=ready_ns - service.create_ns,
            first_answer_ns=answered_ns - service.create_ns,
            health=health(service),
        )

    def each_once(self, service: Service) -> None:
        """Have every picture answered, which warms the service up; raises as `first_answer`."""
        for number, form in enumerate(self.forms):
            self.require(posted(service, form, self.top_k), number, "a warm-up request")

    def require(self, body: Union[bytes, str], number: int, doing: str) -> None:
        """Pass where the body is the answer to the picture of this number; raises WrongAnswer."""
        require_right(body, self.answer(number), self.tolerance, doing)

    def answer(self, number: int) -> Answer:
        """What is expected for the picture of this number."""
        return self.expected.pictures[number]
