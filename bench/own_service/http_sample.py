"""One sample of a service over HTTP: a fresh container, its start, then its requests."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Optional

from bench.own_service.asking import Answer, Right, answer
from bench.process_starts import listening
from bench.readings import Reader, disturbances, usage
from bench.sample_types import Phases, Sample
from bench.service.container import Service as Running
from bench.service.container import serving
from bench.service.conversation import HttpRequest, wait_ready
from builders.engine import ContainerSpec, Engine
from builders.errors import SessionFailed

STOP_TIMEOUT_S = 10.0  # what `docker stop` gives it
STOPPED_ROUNDS = 3  # later containers are killed: one that ignores the request takes all that time


@dataclass(frozen=True)
class HttpAsking:
    """What each container is asked; `one_kernel` is the engine's `shares_host_kernel`."""

    port: int
    ready: str
    request: HttpRequest
    timeout_s: float
    warmups: int
    requests: int
    one_kernel: bool


def first_answer(running: Running, asking: HttpAsking) -> tuple[int, Answer]:
    """Wait until it is ready, and ask; the host's clock when it was ready, and the answer.

    Raises:
        SessionFailed: it ended, wasn't ready in time, or didn't answer.
    """
    ready_ns = wait_ready(running, asking.timeout_s, asking.ready)
    return ready_ns, answer(running, asking.request, asking.timeout_s)


def take_http_sample(
    engine: Engine, spec: ContainerSpec, asking: HttpAsking, right: Right, place: tuple[int, int]
) -> Sample:
    """Start a fresh container, measure it and remove it.

    Args:
        engine: where the image is.
        spec: of the container.
        asking: the same for all that are compared.
        right: what every answer must be.
        place: number of the round and position in it.

    Raises:
        WrongAnswer: an answer, the first or a later one, was wrong.
        SessionFailed: the container failed.
    """
    reader = Reader(spec.cpu_set or "0", asking.one_kernel)
    before = reader.machine()
    with listening(asking.one_kernel) as starts, serving(engine, spec, asking.port) as running:
        ready_ns, first = first_answer(running, asking)
        _require(right, first, asking, spec)
        pid = running.pid if asking.one_kernel else 0
        start = reader.service(pid)
        began_ns = starts.began_ns(pid)
        warmups = _answers(running, asking, right, asking.warmups)
        counted = _answers(running, asking, right, asking.requests)
        end = reader.service(pid)
        stop_ns = stopped_ns(running) if place[0] < STOPPED_ROUNDS else None
    return Sample(
        round=place[0],
        position=place[1],
        phases=http_phases(running, began_ns, ready_ns, first.answered_ns, stop_ns),
        warmup_ns=warmups,
        latency_ns=counted,
        round_trip_ns=(),
        peak_rss_bytes=end.peak_rss_bytes,
        usage=usage(start, end),
        disturbances=disturbances(before, start, end) if asking.one_kernel else (),
    )


def http_phases(
    running: Running,
    began_ns: Optional[int],
    ready_ns: int,
    answered_ns: int,
    stop_ns: Optional[int],
) -> Phases:
    """The phases of a start, contiguous; the launch reaches to the process's begin where known.

    Args:
        running: tells when it was created.
        began_ns: exec of its process on the host's clock; None where the kernel doesn't tell.
        ready_ns: first 200 of the readiness path.
        answered_ns: first right answer read.
        stop_ns: how long it took to end, None where it wasn't asked to or didn't.
    """
    launched_ns = running.created_ns if began_ns is None else began_ns
    return Phases(
        launch_ns=launched_ns - running.create_ns,
        create_ns=running.created_ns - running.create_ns,
        engine_ns=None if began_ns is None else began_ns - running.create_ns,
        ready_ns=ready_ns - launched_ns,
        first_answer_ns=answered_ns - ready_ns,
        stop_ns=stop_ns,
    )


def stopped_ns(running: Running) -> Optional[int]:
    """How long it takes from SIGTERM to its end; None where it runs on, as `docker stop` finds.

    Raises:
        EngineError: it ended before it was asked to.
    """
    asked_ns = time.monotonic_ns()
    running.engine.signal(running.container, "SIGTERM")
    try:
        running.engine.wait(running.container, STOP_TIMEOUT_S)
    except SessionFailed:
        return None
    return time.monotonic_ns() - asked_ns


def _answers(running: Running, asking: HttpAsking, right: Right, count: int) -> tuple[int, ...]:
    """The latencies of so many requests, one after the other, each answered right."""
    found = []
    for _ in range(count):
        one = answer(running, asking.request, asking.timeout_s)
        _require(right, one, asking, running.spec)
        found.append(one.latency_ns)
    return tuple(found)


def _require(right: Right, one: Answer, asking: HttpAsking, spec: ContainerSpec) -> None:
    right.require(one.given, asking.request.name, f"image {spec.image}")
