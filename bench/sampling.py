"""One sample: a fresh container, its start, then its requests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from bench.answers import Answers
from bench.conversation import Answered
from bench.devices import ON_CPU, Computing
from bench.events import Result
from bench.mounted_pictures import mounted
from bench.page_cache import empty_page_cache
from bench.phases import Timeline, phases
from bench.process_starts import listening
from bench.readings import Reader, disturbances, usage
from bench.sample_types import Sample
from bench.session import Launch, Session, Stop, session
from bench.timed_requests import TimedRequests
from builders.engine import Engine
from builders.matrix import Limits
from builders.measurement_settings import PageCache


@dataclass(frozen=True)
class SampleSettings:
    """How one container is measured; `one_kernel` is the engine's `shares_host_kernel`."""

    limits: Limits
    warmups: int
    requests: int
    top_k: int
    tolerance: float
    one_kernel: bool
    page_cache: PageCache = "warm"
    computing: Computing = ON_CPU


def take_sample(
    engine: Engine, image: str, settings: SampleSettings, expected: Answers, place: tuple[int, int]
) -> Sample:
    """Start a fresh container of the image, measure it and remove it.

    Args:
        engine: where the image is.
        image: its reference.
        settings: the same for all images that are compared.
        expected: the reference's answers, at least one; the requests cycle through its pictures.
        place: number of the round and position in it.

    Raises:
        WrongAnswer: it gave another answer than the expected one.
        SessionFailed: the container failed.
        SlimbenchError: the page cache can't be emptied, and should be.
    """
    paths = mounted(Path(answer.picture) for answer in expected.pictures)
    pictures = tuple(zip(paths.inside, expected.pictures))
    if settings.page_cache == "cold":
        empty_page_cache(settings.one_kernel)
    reader = Reader(settings.limits.cpu_set, settings.one_kernel)
    before = reader.machine()
    launch = Launch(image, settings.limits, paths.mounts, settings.computing)
    with listening(settings.one_kernel) as starts, session(engine, launch) as running:
        requests = TimedRequests(running, pictures, settings.top_k, settings.tolerance)
        (first,) = requests.right_answers(1)
        start = reader.container(running)
        began_ns = starts.began_ns(start.pid)
        warmups = requests.right_answers(settings.warmups)
        counted = requests.right_answers(settings.requests)
        end = reader.container(running)
        timeline = _timeline(running, first, running.stop(), began_ns, settings)
    return Sample(
        round=place[0],
        position=place[1],
        phases=phases(timeline),
        warmup_ns=tuple(answer.event.elapsed_ns.total for answer in warmups),
        latency_ns=tuple(answer.event.elapsed_ns.total for answer in counted),
        round_trip_ns=tuple(answer.round_trip_ns for answer in counted),
        peak_rss_bytes=end.peak_rss_bytes,
        usage=usage(start, end),
        disturbances=disturbances(before, start, end) if settings.one_kernel else (),
    )


def _timeline(
    running: Session,
    first: Answered[Result],
    stop: Stop,
    began_ns: Optional[int],
    settings: SampleSettings,
) -> Timeline:
    startup = running.startup
    return Timeline(
        create_ns=startup.create_ns,
        created_ns=startup.created_ns,
        process_ns=began_ns,
        started_ns=startup.started.t_ns,
        imported_ns=startup.imported.t_ns,
        ready_ns=startup.ready.t_ns,
        ready_received_ns=startup.ready_received_ns,
        answered_ns=first.received_ns,
        quit_ns=stop.quit_ns,
        ended_ns=stop.ended_ns,
        one_clock=settings.one_kernel,
    )
