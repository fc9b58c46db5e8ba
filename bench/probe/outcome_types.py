"""What a probe found: values alone, which the reports read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Optional, Union

from bench.answers import RankedClass

State = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True)
class Prediction:
    """The classes of the picture that was sent, best first."""

    top: tuple[RankedClass, ...]


@dataclass(frozen=True)
class Load:
    """A short closed-loop load: each client sends its next request after the last one's answer.

    Attributes:
        answered: how many of the requests were answered rightly.
        failures: what came instead, and how often.
        elapsed_s: from the first request to the last answer.
        p50_ms: of the right answers; None without any, as the other two are where too few carry
            them (`bench.statistics.carried`).
    """

    requests: int
    concurrency: int
    answered: int
    failures: Mapping[str, int]
    elapsed_s: float
    p50_ms: Optional[float]
    p95_ms: Optional[float]
    p99_ms: Optional[float]


@dataclass(frozen=True)
class Outcome:
    """How one check ended; for a skipped one `came` is the reason."""

    name: str
    state: State
    expected: str
    came: str
    elapsed_ms: float
    detail: Union[Prediction, Load, None] = None


@dataclass(frozen=True)
class ProbeReport:
    """All checks of one service, in the order in which they ran."""

    url: str
    outcomes: tuple[Outcome, ...]

    @property
    def passed(self) -> bool:
        """Whether none failed."""
        return all(outcome.state != "failed" for outcome in self.outcomes)
