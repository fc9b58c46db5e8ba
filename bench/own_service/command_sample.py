"""One sample of a command: one run, whose answer must be right."""

from __future__ import annotations

from dataclasses import dataclass

from bench.disturbance import disturbance
from bench.own_service.asking import Right
from bench.own_service.command_run import CommandRun, run_command
from bench.readings import Reader
from bench.sample_types import Phases, Sample, Usage
from builders.engine import ContainerSpec, Engine


@dataclass(frozen=True)
class CommandAsking:
    """How each container is run; `one_kernel` is the engine's `shares_host_kernel`."""

    name: str
    timeout_s: float
    one_kernel: bool


def take_command_sample(
    engine: Engine, spec: ContainerSpec, asking: CommandAsking, right: Right, place: tuple[int, int]
) -> Sample:
    """Run it once in a fresh container.

    Args:
        engine: where the image is.
        spec: of the container.
        asking: the same for all that are compared.
        right: what its answer must be.
        place: number of the round and position in it.

    Raises:
        WrongAnswer: it answered wrong, or ended with another exit code.
        SessionFailed: it didn't end in time, or was killed.
    """
    reader = Reader(spec.cpu_set or "0", asking.one_kernel)
    before = reader.machine()
    done = run_command(engine, spec, asking.timeout_s, asking.one_kernel)
    after = reader.machine()
    right.require(done.given, asking.name, f"image {spec.image}")
    used = done.watched.usage
    whole = (disturbance("start", before, after, used),)
    return Sample(
        round=place[0],
        position=place[1],
        phases=command_phases(done),
        warmup_ns=(),
        latency_ns=(done.ended_ns - _launched_ns(done),),
        round_trip_ns=(),
        peak_rss_bytes=done.watched.peak_rss_bytes,
        usage=Usage(
            cold_cpu_ns=used.cpu_ns,
            cgroup_peak_bytes=used.peak_bytes,
            docker_stats_bytes=used.docker_stats_bytes,
        ),
        disturbances=whole if asking.one_kernel else (),
    )


def command_phases(done: CommandRun) -> Phases:
    """The launch, and the life of its process, whose end is its answer."""
    known = done.began_ns is not None
    launch_ns = _launched_ns(done) - done.create_ns
    return Phases(
        launch_ns=launch_ns,
        create_ns=done.created_ns - done.create_ns,
        engine_ns=launch_ns if known else None,
        first_answer_ns=done.ended_ns - _launched_ns(done),
    )


def _launched_ns(done: CommandRun) -> int:
    return done.created_ns if done.began_ns is None else done.began_ns
