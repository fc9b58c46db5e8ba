"""A short load: several clients, each sending its next request after the last one's answer.

Such a loop sends less while the service is slow (coordinated omission), so that its percentiles
are no forecast for users who don't wait for each other; `docs/probe.md` says what is.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Any, Optional

import requests

from bench.probe.answer_forms import Single, parsed
from bench.probe.basic_checks import predicted
from bench.probe.check_types import Came, Check, Missed
from bench.probe.context import Context, prediction_of
from bench.probe.exchange_failures import Unanswered, Unexpected
from bench.probe.outcome_types import Load
from bench.statistics import percentile


@dataclass(frozen=True)
class _Sent:
    """One request: how long its right answer took, or what came instead.

    `broken`: no whole answer came, and the thread that waits may still read from the connection.
    """

    elapsed_ms: float = 0.0
    failure: str = ""
    broken: bool = False


def load(context: Context) -> Came:
    """All requests get the answer that the picture gets alone."""
    expected, _ = predicted(context)
    wanted, clients = context.limits.requests, context.limits.concurrency
    shares = [len(range(client, wanted, clients)) for client in range(clients)]
    begin_ns = time.perf_counter_ns()
    stop = Event()
    with ThreadPoolExecutor(clients) as pool:
        try:
            done = pool.map(partial(_client, context, expected.class_id, stop), shares)
            sent = [one for share in done for one in share]
        finally:
            stop.set()  # on ctrl-C, as the pool waits for its threads
    figures = _figures(context, sent, (time.perf_counter_ns() - begin_ns) / 1e9)
    came = Came(_told(figures), figures)
    if figures.failures:
        raise Missed(came)
    return came


def _client(context: Context, class_id: int, stop: Event, share: int) -> list[_Sent]:
    """One client's requests, over a connection that is kept."""
    sent: list[_Sent] = []
    connection = requests.Session()
    while len(sent) < share and not stop.is_set():
        sent.append(_send(context, connection, class_id))
        if sent[-1].broken:
            connection = requests.Session()
    connection.close()
    return sent


def _send(context: Context, connection: Any, class_id: int) -> _Sent:
    try:
        answer = context.client.ask(prediction_of(context.picture), connection)
        found = parsed(answer, Single)
    except Unexpected as error:
        return _Sent(failure=str(error), broken=isinstance(error, Unanswered))
    if found.class_id != class_id:
        return _Sent(failure=f"class {found.class_id} instead of {class_id}")
    return _Sent(answer.elapsed_ns / 1e6)


def _figures(context: Context, sent: Sequence[_Sent], elapsed_s: float) -> Load:
    times_ms = [one.elapsed_ms for one in sent if not one.failure]
    p50_ms, p95_ms, p99_ms = (
        percentile(times_ms, q) if times_ms else None for q in (0.5, 0.95, 0.99)
    )
    return Load(
        requests=len(sent),
        concurrency=context.limits.concurrency,
        answered=len(times_ms),
        failures=dict(Counter(one.failure for one in sent if one.failure).most_common()),
        elapsed_s=elapsed_s,
        p50_ms=p50_ms,
        p95_ms=p95_ms,
        p99_ms=p99_ms,
    )


def _told(found: Load) -> str:
    rate = found.answered / found.elapsed_s
    parts = [f"{found.answered} of {found.requests} answered", f"{rate:.1f} a second"]
    times = {"p50": found.p50_ms, "p95": found.p95_ms, "p99": found.p99_ms}
    parts += [f"{name} {_ms(value)}" for name, value in times.items() if value is not None]
    parts += [f"{count} times {reason}" for reason, count in found.failures.items()]
    return ", ".join(parts)


def _ms(value: Optional[float]) -> str:
    return f"{value:.1f} ms"


LOAD = Check(
    "load",
    load,
    lambda limits: f"{limits.requests} requests by {limits.concurrency} clients, all answered",
    needs=("prediction",),
)
