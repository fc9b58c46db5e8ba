"""Pictures through the model together, batch after batch, in a fresh container of so many threads.

`docs/measurement.md` defines the scenarios. Every answer is compared with the expected one, after
the batch's time has been taken inside the container.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Optional

from bench.answers import Answers
from bench.devices import ON_CPU, Computing
from bench.events import BatchResult
from bench.expectation import mismatch
from bench.mounted_pictures import mounted
from bench.processor_times import cpus_of
from bench.scenario_types import ThroughputSample
from bench.session import Launch, Session, session
from bench.timed_requests import Picture
from builders.engine import Engine
from builders.errors import WrongAnswer
from builders.matrix import Limits
from inference import protocol

WARMUPS = 1  # of each size
FIRST_WARMUPS = 2  # a traced TorchScript model is specialised in its first two calls
FEWEST_BATCHES = 3
FEWEST_PICTURES = 24  # of each size: a short batch says little


@dataclass(frozen=True)
class ThroughputSettings:
    """What one container does; `limits` holds the threads, and CPUs for all of them."""

    limits: Limits
    batches: tuple[int, ...]
    top_k: int
    tolerance: float
    computing: Computing = ON_CPU


def with_threads(limits: Limits, threads: int, available: int) -> Optional[Limits]:
    """The limits with so many threads and at least as many CPUs; None where there are too few.

    The CPU set stays where it is large enough; else the lowest other CPUs join it.
    """
    cpus = sorted(set(cpus_of(limits.cpu_set)))
    others = [cpu for cpu in range(available) if cpu not in cpus]
    chosen = [*cpus, *others[: max(threads - len(cpus), 0)]]
    if len(chosen) < threads:
        return None
    cpu_set = limits.cpu_set if len(chosen) == len(cpus) else ",".join(map(str, sorted(chosen)))
    return limits.model_copy(update={"threads": threads, "cpu_set": cpu_set})


def batches_of(size: int) -> int:
    """How many batches of this size are timed in one container."""
    return max(FEWEST_BATCHES, FEWEST_PICTURES // size)


def take_batches(
    engine: Engine, image: str, settings: ThroughputSettings, expected: Answers, number: int
) -> tuple[ThroughputSample, ...]:
    """Start a fresh container of the image, have its batches answered, and remove it.

    Args:
        engine: where the image is.
        image: its reference.
        settings: the same for all images that are compared, but for the tolerance.
        expected: the reference's answers, at least one; the batches cycle through its pictures.
        number: of the round.

    Returns:
        A sample for each size of batches, in the order of the settings.

    Raises:
        WrongAnswer: a picture of any batch was answered otherwise than expected.
        SessionFailed: the container failed.
    """
    paths = mounted(Path(answer.picture) for answer in expected.pictures)
    pictures = tuple(zip(paths.inside, expected.pictures))
    launch = Launch(image, settings.limits, paths.mounts, settings.computing)
    samples = []
    with session(engine, launch) as running:
        for place, size in enumerate(settings.batches):
            warmups = WARMUPS if place else FIRST_WARMUPS
            times = _right_batches(running, pictures, size, settings)
            samples.append(
                ThroughputSample(
                    round=number,
                    threads=settings.limits.threads,
                    threads_used=running.startup.ready.threads,
                    cpu_set=settings.limits.cpu_set,
                    batch=size,
                    elapsed_ns=tuple(islice(times, warmups, warmups + batches_of(size))),
                )
            )
        running.stop()
    return tuple(samples)


def _right_batches(
    running: Session, pictures: Sequence[Picture], size: int, settings: ThroughputSettings
) -> Iterator[int]:
    """The time in ns of one batch after the other, for ever."""
    endless = cycle(pictures)
    while True:
        yield _right_batch(running, tuple(islice(endless, size)), settings)


def _right_batch(running: Session, batch: Sequence[Picture], settings: ThroughputSettings) -> int:
    paths = [path for path, _ in batch]
    answer = running.ask(BatchResult, protocol.BATCH, paths=paths, top=settings.top_k).event
    if len(answer.tops) != len(batch):
        raise WrongAnswer(f"{len(answer.tops)} answers came for a batch of {len(batch)}")
    for (_, expected), found in zip(batch, answer.tops):
        reason = mismatch(expected, found, settings.tolerance)
        if reason:
            raise WrongAnswer(
                f"a batch of {len(batch)} was answered wrong: {reason}",
                where=Path(expected.picture).name,
                next_step="it answered right one by one, so look for what mixes pictures up",
            )
    return answer.elapsed_ns.total
