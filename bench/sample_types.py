"""What is measured in one fresh container; raw, as it stands in the record."""

from __future__ import annotations

from typing import Optional

from bench.condition_types import Frozen
from bench.disturbance import Disturbance


class Phases(Frozen):
    """One cold start on one time line; contiguous, so that the parts sum to the total.

    launch: create call to the entry point's first statement; imports; model_load; first_answer:
    to the first right answer read by the host. `engine_ns` is the part of the launch before the
    process began (its exec), None where the kernel doesn't tell; see `docs/phases.md`.
    `create_ns` is the part of it until the engine had answered the create call.
    `stop_ns` comes after the total: request to quit until the engine says it has ended.

    A service of the user's own doesn't tell of its inside. Its launch ends with its process's
    begin; then `ready_ns`, over HTTP, to the first 200 of its readiness path. The first answer of
    a command is its end. What a service doesn't have is None; `stop_ns` also where it ignored
    the request to quit.

    Attributes:
        launch_ns: create call to the entry point's first statement.
        create_ns: the part of the launch until the engine had answered the create call.
        engine_ns: the part of the launch before the process began (its exec), None where the kernel
            doesn't tell; see docs/phases.md.
        imports_ns: until the runtime is imported.
        model_load_ns: until the model is loaded.
        ready_ns: over HTTP, to the first 200 of the readiness path of a service of the user's own.
        first_answer_ns: to the first right answer read by the host.
        stop_ns: after the total: request to quit until the engine says it has ended; None where it
            was ignored.
    """

    launch_ns: int
    create_ns: Optional[int] = None
    engine_ns: Optional[int] = None
    imports_ns: Optional[int] = None
    model_load_ns: Optional[int] = None
    ready_ns: Optional[int] = None
    first_answer_ns: int
    stop_ns: Optional[int] = None

    @property
    def engine_start_ns(self) -> Optional[int]:
        """The engine's answer to the create call until the process began; None where not known."""
        known = self.engine_ns is not None and self.create_ns is not None
        return (self.engine_ns or 0) - (self.create_ns or 0) if known else None

    @property
    def interpreter_ns(self) -> Optional[int]:
        """Process start to the entry point's first statement; None where either isn't known."""
        if self.engine_ns is None or self.imports_ns is None:
            return None
        return self.launch_ns - self.engine_ns

    @property
    def total_ns(self) -> int:
        """Create call to first right answer."""
        inside = (self.imports_ns, self.model_load_ns, self.ready_ns)
        return self.launch_ns + sum(part or 0 for part in inside) + self.first_answer_ns


class Usage(Frozen):
    """What a container used; None for what the kernel doesn't keep.

    Attributes:
        cold_cpu_ns: processor time of all its processes until the first answer.
        steady_cpu_ns: from then until it was asked to quit.
        cold_peak_rss_bytes: peak resident memory of the process at the first answer.
        cgroup_peak_bytes: largest memory charged to the container, page cache included.
        docker_stats_bytes: what `docker stats` would show before the end.
    """

    cold_cpu_ns: Optional[int] = None
    steady_cpu_ns: Optional[int] = None
    cold_peak_rss_bytes: Optional[int] = None
    cgroup_peak_bytes: Optional[int] = None
    docker_stats_bytes: Optional[int] = None


class Sample(Frozen):
    """One fresh container: its cold start, then warm-ups, then counted requests.

    Attributes:
        round: place in the rounds.
        position: place in the round's random order.
        phases: of the cold start.
        warmup_ns: service time of each request that isn't counted.
        latency_ns: service time inside the container, file read to ranked answer; of a service of
            the user's own each request as the host sees it, of a command its process's whole life.
        round_trip_ns: of our own service the same requests, seen from the host.
        peak_rss_bytes: peak resident memory of the process until it was asked to quit; of a service
            of the user's own of all processes together. None where the kernel isn't shared.
        usage: what the container used.
        disturbances: of the start and of the requests.
    """

    round: int
    position: int
    phases: Phases
    warmup_ns: tuple[int, ...]
    latency_ns: tuple[int, ...]
    round_trip_ns: tuple[int, ...]
    peak_rss_bytes: Optional[int]
    usage: Usage = Usage()
    disturbances: tuple[Disturbance, ...] = ()
