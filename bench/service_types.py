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
        backend: what computes.
        model: the model's name.
        version: the runtime's, with its name.
        device: what it computes on: cpu or cuda.
        threads: of the runtime; None where it doesn't say.
        gpu_available: whether it sees a GPU.
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
        round: place in the rounds.
        ready_ns: to the first 200 from `/ready`, which is asked every few milliseconds.
        first_answer_ns: to the first right answer of `POST /predict`, asked for once ready.
        health: what it said of itself.
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
        concurrency: of a closed loop; else None.
        rate: of an open loop; else None.
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
        round: place in the rounds.
        cpu_set: the service's CPUs.
        generator_cpus: the load tools' CPUs.
        generator_apart: whether none of them is the service's.
        tools: the load tools and their versions.
        samples: one for each load.
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
    """A package that an image holds.

    Attributes:
        kind: debian, alpine or python.
        name: the package's.
        version: the package's.
    """

    kind: str
    name: str
    version: str


class RungFact(Frozen):
    """The image that a service's image was built from: the same rung without the service.

    Attributes:
        image_id: the engine's id of it.
        tag: its name in the engine.
        size_bytes: sum of its uncompressed layer archives.
        compressed_bytes: the same, as a registry stores them; None when it wasn't measured.
        packages: what it holds.
    """

    image_id: str
    tag: str
    size_bytes: int
    compressed_bytes: Optional[int]
    packages: tuple[PackageName, ...]


class ServiceConditions(Frozen):
    """What was asked for, the same for every variant; see `builders.service_settings`.

    Attributes:
        starts: rounds of starts alone.
        rounds: of load.
        concurrencies: requests under way at any time, of each closed loop.
        rates: requests a second, of each open loop.
        seconds: counted, of each load.
        warmup_seconds: before them.
        user: that the services ran as.
        network: what they were connected to.
    """

    starts: int
    rounds: int
    concurrencies: tuple[int, ...]
    rates: tuple[float, ...]
    seconds: int
    warmup_seconds: int
    user: str
    network: str
