"""What is measured when, and one sample: a fresh container, its start, then its requests."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Optional

from bench.answers import Answer, Answers
from bench.conversation import Answered
from bench.events import Result, Stats
from bench.expectation import mismatch
from bench.mounted_pictures import mounted
from bench.phases import Timeline, phases
from bench.process_starts import listening
from bench.sample_types import Sample
from bench.session import Launch, Session, Stop, session
from builders.engine import Engine
from builders.errors import SessionFailed
from builders.matrix import Limits
from inference import protocol


@dataclass(frozen=True)
class SampleSettings:
    """How one container is measured; `one_kernel` is the engine's `shares_host_kernel`."""

    limits: Limits
    warmups: int
    requests: int
    top_k: int
    tolerance: float
    one_kernel: bool


def rounds(names: Sequence[str], count: int, seed: int) -> tuple[tuple[str, ...], ...]:
    """`count` rounds that hold every name once, each in a random order of its own.

    The order depends on the seed and the names alone, whatever the Python version.
    """
    # `random()` of a seeded generator never changes, says its documentation; `shuffle` may.
    draw = random.Random(seed).random  # noqa: S311 - an order, not a secret
    return tuple(
        tuple(name for _, name in sorted((draw(), name) for name in names)) for _ in range(count)
    )


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
        SessionFailed: the container failed, or gave another answer than the expected one.
    """
    paths = mounted(Path(answer.picture) for answer in expected.pictures)
    pictures = tuple(zip(paths.inside, expected.pictures))
    launch = Launch(image, settings.limits, paths.mounts)
    with listening(settings.one_kernel) as starts, session(engine, launch) as running:
        first = _right_answer(running, pictures[0], settings)
        began_ns = starts.began_ns(running.pid()) if settings.one_kernel else None
        warmups = tuple(_right_answers(running, pictures, settings, settings.warmups))
        counted = tuple(_right_answers(running, pictures, settings, settings.requests))
        stats = running.ask(Stats, protocol.GET_STATS).event
        timeline = _timeline(running, first, running.stop(), began_ns, settings)
    return Sample(
        round=place[0],
        position=place[1],
        phases=phases(timeline),
        warmup_ns=tuple(answer.event.elapsed_ns.total for answer in warmups),
        latency_ns=tuple(answer.event.elapsed_ns.total for answer in counted),
        round_trip_ns=tuple(answer.round_trip_ns for answer in counted),
        peak_rss_bytes=stats.peak_rss_bytes,
    )


def _right_answers(
    running: Session,
    pictures: Sequence[tuple[str, Answer]],
    settings: SampleSettings,
    count: int,
) -> Iterator[Answered[Result]]:
    for picture in islice(cycle(pictures), count):
        yield _right_answer(running, picture, settings)


def _right_answer(
    running: Session, picture: tuple[str, Answer], settings: SampleSettings
) -> Answered[Result]:
    path, expected = picture
    answer = running.ask(Result, protocol.PREDICT, path=path, top=settings.top_k)
    reason = mismatch(expected, answer.event.top, settings.tolerance)
    if reason:
        raise SessionFailed(
            f"request {answer.event.id} was answered wrong: {reason}",
            where=Path(expected.picture).name,
            next_step="it answered right when it was verified, so look for what is random in it",
        )
    return answer


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
