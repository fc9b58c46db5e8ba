"""Load on one fresh container: every concurrency, then every rate, each answer checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, Optional

from bench.container_usage import ContainerUsage, between, container_usage
from bench.disturbance import Disturbance, MachineReading, disturbance
from bench.readings import Reader
from bench.service.asking import Asking
from bench.service.container import Service, serving
from bench.service.counting import counted
from bench.service.cpus import GeneratorCpus
from bench.service.exchanges import Attack
from bench.service.generators import Generators, Target
from bench.service.memory import peak_rss_bytes
from bench.service_types import LoadSample, ServiceLoad, ServiceStart
from builders.engine import ContainerSpec, Engine
from builders.matrix import Limits
from builders.service_settings import ServiceSettings


@dataclass(frozen=True)
class LoadPlan:
    """The same for all images that are compared, but for the tolerance in `asking`."""

    settings: ServiceSettings
    limits: Limits
    asking: Asking
    cpus: GeneratorCpus
    one_kernel: bool


@dataclass(frozen=True)
class _Kind:
    """One load: a closed loop of so many requests, or an open one of so many a second."""

    concurrency: Optional[int] = None
    rate: Optional[float] = None

    @property
    def loop(self) -> Literal["closed", "open"]:
        return "open" if self.concurrency is None else "closed"

    @property
    def words(self) -> str:
        if self.concurrency is not None:
            return f"{self.concurrency} requests at a time"
        return f"{self.rate:g} requests a second"

    def attack(self, tools: Generators, target: Target, seconds: int) -> Attack:
        if self.concurrency is not None:
            return tools.closed(target, self.concurrency, seconds)
        assert self.rate is not None
        return tools.opened(target, self.rate, seconds)


def take_load(
    engine: Engine, spec: ContainerSpec, plan: LoadPlan, tools: Generators, number: int
) -> tuple[ServiceStart, ServiceLoad]:
    """Start a fresh container, put every load on it, and remove it.

    Args:
        engine: where its image is.
        spec: the container.
        plan: what is asked.
        tools: that ask it.
        number: of the round.

    Raises:
        WrongAnswer: any picture was answered otherwise than expected.
        SessionFailed: the service ended, or answered no request of a load.
        SlimbenchError: a load tool is missing or failed.
    """
    settings = plan.settings
    versions = tools.versions()
    with serving(engine, spec, settings.port) as running:
        start = plan.asking.first_answer(running, number)
        plan.asking.each_once(running)
        samples = tuple(_sample(running, plan, tools, kind) for kind in _kinds(settings))
        pid = running.pid if plan.one_kernel else 0
        usage = container_usage(pid) if plan.one_kernel else ContainerUsage()
        load = ServiceLoad(
            round=number,
            cpu_set=plan.limits.cpu_set,
            generator_cpus=plan.cpus.cpu_set,
            generator_apart=plan.cpus.apart,
            tools=versions,
            samples=samples,
            peak_rss_bytes=peak_rss_bytes(pid) if plan.one_kernel else None,
            cgroup_peak_bytes=usage.peak_bytes,
            docker_stats_bytes=usage.docker_stats_bytes,
        )
    return start, load


def _kinds(settings: ServiceSettings) -> Iterator[_Kind]:
    yield from (_Kind(concurrency=number) for number in settings.concurrencies)
    yield from (_Kind(rate=rate) for rate in settings.rates)


def _sample(running: Service, plan: LoadPlan, tools: Generators, kind: _Kind) -> LoadSample:
    settings = plan.settings
    target = Target(running.url(plan.asking.path), plan.asking.forms, plan.cpus.cpu_set)
    reader = Reader(plan.limits.cpu_set, plan.one_kernel)
    earlier, before = _usage(running, plan), reader.machine()
    try:
        attack = kind.attack(tools, target, settings.warmup_seconds + settings.seconds)
    finally:  # where the tool failed, the service may be the reason
        running.require_running(f"answering {kind.words}")
    after = reader.machine()
    used = between(earlier, _usage(running, plan))
    _require_right(attack, plan.asking, kind)
    found = counted(attack.exchanges, kind.loop, settings.warmup_seconds, settings.seconds)
    if not found.latency_ns:
        running.fail(f"answered none of {kind.words} right within {settings.seconds} s")
    return LoadSample(
        loop=kind.loop,
        concurrency=kind.concurrency,
        rate=kind.rate,
        seconds=settings.seconds,
        latency_ns=found.latency_ns,
        late_ns=found.late_ns,
        rejected=found.rejected,
        errors=found.errors,
        cpu_ns=used.cpu_ns,
        asked=len(attack.exchanges),
        generator_share=round(attack.cpu_ns / attack.elapsed_ns / plan.cpus.count, 4),
        disturbance=_disturbance(before, after, used, plan),
    )


def _usage(running: Service, plan: LoadPlan) -> ContainerUsage:
    return container_usage(running.pid) if plan.one_kernel else ContainerUsage()


def _disturbance(
    before: MachineReading, after: MachineReading, used: ContainerUsage, plan: LoadPlan
) -> Optional[Disturbance]:
    return disturbance("requests", before, after, used) if plan.one_kernel else None


def _require_right(attack: Attack, asking: Asking, kind: _Kind) -> None:
    """Check all answers, those of the warm-up too."""
    for exchange in attack.exchanges:
        if exchange.status == HTTPStatus.OK:
            asking.require(exchange.body, exchange.picture, f"one of {kind.words}")
