"""Raw samples of services to the figures that the page prints: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Optional

from bench.disturbance import cause
from bench.record_types import Record, VariantRecord
from bench.service_types import LoadSample, ServiceLoad
from bench.statistics import median
from reports.figures import NS_PER_MS


class Kind(NamedTuple):
    """One load: so many requests at a time (closed), or a second (open)."""

    loop: str
    value: float


class Rate(NamedTuple):
    """Right answers a second of several containers."""

    median: float
    lowest: float
    highest: float


def kind_of(sample: LoadSample) -> Kind:
    """What was asked."""
    value = sample.concurrency if sample.concurrency is not None else sample.rate
    return Kind(sample.loop, value or 0)


def by_kind(row: VariantRecord) -> Mapping[Kind, Sequence[LoadSample]]:
    """The loads of all containers; nothing of a variant that failed."""
    found: dict[Kind, list[LoadSample]] = {}
    for sample in samples(row):
        found.setdefault(kind_of(sample), []).append(sample)
    return found


def samples(row: VariantRecord) -> Iterator[LoadSample]:
    """Every load on every container; none of a variant that failed."""
    loads: Sequence[ServiceLoad] = () if row.status == "failed" else row.load
    return (sample for load in loads for sample in load.samples)


def kinds(record: Record, loop: str) -> tuple[Kind, ...]:
    """Those of a loop that any variant has, smallest first."""
    found = {kind for row in record.variants for kind in by_kind(row) if kind.loop == loop}
    return tuple(sorted(found))


def answers_per_s(loads: Sequence[LoadSample]) -> Rate:
    """Over the containers, at least one."""
    rates = [len(sample.latency_ns) / sample.seconds for sample in loads]
    return Rate(median(rates), min(rates), max(rates))


def latencies_ms(loads: Sequence[LoadSample]) -> tuple[float, ...]:
    """Of every counted right answer of every container."""
    return tuple(ns / NS_PER_MS for sample in loads for ns in sample.latency_ns)


def late_ms(loads: Sequence[LoadSample]) -> tuple[float, ...]:
    """How much later than due the load tool sent each counted request."""
    return tuple(ns / NS_PER_MS for sample in loads for ns in sample.late_ns)


def rejected(loads: Sequence[LoadSample]) -> int:
    """Answers 503."""
    return sum(sample.rejected for sample in loads)


def errors(loads: Sequence[LoadSample]) -> Counter[str]:
    """Other failures by what they were."""
    return sum((Counter(sample.errors) for sample in loads), Counter())


def request_cpu_ms(loads: Sequence[ServiceLoad]) -> Optional[float]:
    """Processor time of the container a request: the median over the containers."""
    each = [cpu_ms for load in loads for cpu_ms in [_request_cpu_ms(load)] if cpu_ms is not None]
    return median(each) if each else None


def _request_cpu_ms(load: ServiceLoad) -> Optional[float]:
    asked = sum(sample.asked for sample in load.samples)
    used_ns = [sample.cpu_ns for sample in load.samples if sample.cpu_ns is not None]
    known = asked and len(used_ns) == len(load.samples)
    return sum(used_ns) / asked / NS_PER_MS if known else None


def disturbed(record: Record) -> Optional[tuple[int, int]]:
    """How many loads were disturbed, of how many; None where nothing was watched."""
    found = [sample.disturbance for row in record.variants for sample in samples(row)]
    watched = [one for one in found if one is not None]
    return (sum(cause(one) is not None for one in watched), len(watched)) if watched else None


def of_loads(record: Record, get: Callable[[ServiceLoad], str]) -> tuple[str, ...]:
    """What the loads say of themselves, each once."""
    return tuple(dict.fromkeys(get(load) for row in record.variants for load in row.load))
