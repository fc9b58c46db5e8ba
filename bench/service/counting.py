"""Which exchanges of a load count, and as what: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from bench.service.exchanges import Exchange

NS_PER_S = 1_000_000_000


@dataclass(frozen=True)
class Counted:
    """See `bench.service_types.LoadSample`."""

    latency_ns: tuple[int, ...]
    late_ns: tuple[int, ...]
    rejected: int
    errors: Mapping[str, int]


def counted(
    exchanges: Sequence[Exchange], loop: Literal["closed", "open"], warmup_s: float, seconds: float
) -> Counted:
    """What belongs to the counted time.

    In a closed loop an exchange belongs to the moment of its answer, so that the answers' number
    is the throughput. In an open loop it belongs to its arrival: one that arrives in the counted
    time counts however late it is answered.

    Args:
        exchanges: by when they were due, the first of them at the load's begin.
        loop: of the load.
        warmup_s: not counted, from the begin.
        seconds: counted, after it.
    """
    if not exchanges:
        return Counted((), (), 0, {})
    first_ns = exchanges[0].due_ns + round(warmup_s * NS_PER_S)
    end_ns = first_ns + round(seconds * NS_PER_S)
    inside = [one for one in exchanges if first_ns <= _moment(one, loop) < end_ns]
    right = [one for one in inside if one.status == HTTPStatus.OK]
    rejected = [one for one in inside if one.status == HTTPStatus.SERVICE_UNAVAILABLE]
    known = (HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE)
    wrong = [one for one in inside if one.status not in known]
    return Counted(
        latency_ns=tuple(one.answered_ns - one.due_ns for one in right),
        late_ns=tuple(one.sent_ns - one.due_ns for one in inside) if loop == "open" else (),
        rejected=len(rejected),
        errors=Counter(map(_error, wrong)),
    )


def _moment(exchange: Exchange, loop: str) -> int:
    return exchange.answered_ns if loop == "closed" else exchange.due_ns


def _error(exchange: Exchange) -> str:
    if exchange.status:
        return f"status {exchange.status}"
    return exchange.body.split(":")[0]  # what follows names addresses
