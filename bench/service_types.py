"""What is measured of services: starts, and load on a container; raw, as it stands in the record.

Times are of the host's monotonic clock; docs/measurement.md tells how they are taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Optional

from bench.condition_types import Frozen
from bench.disturbance import Disturbance


class Health(Frozen):
    """What a service said of itself at `/health`.

    Attributes:
        version: the runtime's, with its name.
        fallback: why it computes on the CPU though a GPU was asked for; else empty.
    """

    backend: str
    model: str
    version: str
    device: str
    threads: Optional[int] = None
    gpu_available: bool = False
    fallback: str = ""


class ServiceStart(Frozen):
    """One fresh container of a service, from before the create call.

    Attributes:
        ready_ns: to the first 200 from `/ready`, which is asked every few milliseconds.
        first_answer_ns: to the first right answer of `POST /predict`, asked for once ready.
    """

    round: int
    ready_ns: int
    first_answer_ns: int
    health: Health


class LoadSample(Frozen):
    """One kind of load on one container; its counted time comes after a warm-up.

    Attributes:
        loop: closed: `concurrency` requests are under way, the next is sent when an answer comes.
            open: `rate` requests a second arrive, however slow the answers are.
        seconds: counted.
        latency_ns: of each right answer: from the sending, or, open loop, from the arrival.
        late_ns: open loop: from each counted arrival until it was sent.
        rejected: answers 503, by which the service keeps its queue short.
        errors: other failures by what they were.
        cpu_ns: processor time of the container, warm-up included; None where it isn't known.
        asked: requests over that time, the warm-up's too.
        generator_share: of the load tool's CPUs, what it used.
        disturbance: what else ran on the service's CPUs; None where the kernel isn't shared.
    """

    loop: Literal["closed", "open"]
    concurrency: Optional[int] = None
    rate: Optional[float] = None
    seconds: float
    latency_ns: tuple[int, ...]
    late_ns: tuple[int, ...] = ()
    rejected: int = 0
    errors: Mapping[str, int] = {}
    cpu_ns: Optional[int] = None
    asked: int
    generator_share: float
    disturbance: Optional[Disturbance] = None


class ServiceLoad(Frozen):
    """All loads on one fresh container, one after the other.

    Attributes:
        cpu_set: the service's CPUs.
        generator_cpus: the load tools'; `generator_apart` where none of them is the service's.
        tools: the load tools and their versions.
        peak_rss_bytes: of the service's first process; None where the kernel isn't shared.
        cgroup_peak_bytes: largest memory charged to the container, page cache included.
        docker_stats_bytes: what `docker stats` would show after the last load.
    """

    round: int
    cpu_set: str
    generator_cpus: str
    generator_apart: bool
    tools: Mapping[str, str]
    samples: tuple[LoadSample, ...]
    peak_rss_bytes: Optional[int] = None
    cgroup_peak_bytes: Optional[int] = None
    docker_stats_bytes: Optional[int] = None


class PackageName(Frozen):
    """A package that an image holds."""

    kind: str  # debian, alpine or python
    name: str
    version: str


class RungFact(Frozen):
    """The image that a service's image was built from: the same rung without the service."""

    image_id: str
    tag: str
    size_bytes: int
    compressed_bytes: Optional[int]
    packages: tuple[PackageName, ...]


class ServiceConditions(Frozen):
    """What was asked for, the same for every variant; see `builders.service_settings`."""

    starts: int
    rounds: int
    concurrencies: tuple[int, ...]
    rates: tuple[float, ...]
    seconds: int
    warmup_seconds: int
    user: str
    network: str
