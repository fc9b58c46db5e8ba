"""Which conditions a variant differs in between two runs; the times of such aren't compared.

Sizes, contents and answers are what they are under any conditions. Times depend on the machine and
on what was asked of every container. How many rounds there were and in which order doesn't count:
the test takes unequal numbers of samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable, Optional

from bench.comparability import RUN, DifferingCondition, differing
from bench.condition_types import Conditions, Environment
from bench.record_types import Record, VariantRecord

_OF_ROUNDS = (RUN, "cold starts")  # two runs are two runs, each of so many rounds


def differing_runs(
    baseline: Record, candidate: Record, name: str
) -> tuple[DifferingCondition, ...]:
    """The conditions of the two runs that differ for this variant, which both records hold."""
    one, other = _row(baseline, name), _row(candidate, name)
    return tuple(
        DifferingCondition(name=condition, baseline=was, candidate=now)
        for condition, of in CONDITIONS.items()
        for was, now in [(of(baseline, one), of(candidate, other))]
        if was != now
    )


def differing_times(
    baseline: Record, candidate: Record, name: str
) -> tuple[DifferingCondition, ...]:
    """All that keeps the variant's times apart: of the runs, and of how it ran in each."""
    of_rows = differing(_row(baseline, name), _row(candidate, name))
    told = tuple(found for found in of_rows if found.name not in _OF_ROUNDS)
    return (*differing_runs(baseline, candidate, name), *told)


def _row(record: Record, name: str) -> VariantRecord:
    return next(row for row in record.variants if row.name == name)


def _environment(record: Record, row: VariantRecord) -> Environment:
    """The machine's that the row was measured on; a merged record has one for each of its runs."""
    of_runs = {part.name: part.environment for part in record.parts}
    return of_runs.get(row.part, record.environment)


Condition = Callable[[Record, VariantRecord], str]


def _machine(get: Callable[[Environment], object], absent: str = "") -> Condition:
    return lambda record, row: str(get(_environment(record, row)) or absent)


def _asked(get: Callable[[Conditions], object]) -> Condition:
    return lambda record, _row: str(get(record.conditions))


def _weights(record: Record, row: VariantRecord) -> str:
    """Which weights: the artefacts themselves also change with the exporter's libraries."""
    told = [f"{one.weights} {one.seed}" for one in record.models if one.name == row.model]
    return ", ".join(dict.fromkeys(told)) or "none"


def _own_service(record: Record, _row: VariantRecord) -> str:
    """How a service of the user's own was asked; what it was expected to answer takes no time."""
    if record.asked is None:
        return "none"
    return record.asked.model_dump_json(exclude={"expected", "tolerance", "timeout_s"})


# The host's Python, its distribution and the exact size of its memory take no part in a sample.
CONDITIONS: Mapping[str, Condition] = {
    "slimbench": _machine(lambda found: found.slimbench),
    "CPU model": _machine(lambda found: found.cpu_model),
    "CPUs": _machine(lambda found: found.cpus),
    "governor": _machine(lambda found: found.governor, "unknown"),
    "hypervisor": _machine(lambda found: found.hypervisor, "none"),
    "kernel": _machine(lambda found: found.kernel),
    "engine": _machine(lambda found: found.engine),
    "storage driver": _machine(lambda found: found.storage_driver),
    "cgroup version": _machine(lambda found: found.cgroup_version),
    "CPU set": _asked(lambda found: found.cpu_set),
    "threads": _asked(lambda found: found.threads),
    "memory limit": _asked(lambda found: f"{found.memory_bytes} bytes"),
    "network": _asked(lambda found: found.network),
    "page cache": _asked(lambda found: found.page_cache),
    "warm-ups": _asked(lambda found: found.warmups),
    "requests": _asked(lambda found: found.requests),
    "weights": _weights,
    "what was asked": _own_service,
}


def same_inputs(one: Optional[VariantRecord], other: Optional[VariantRecord]) -> bool:
    """Whether both were built from the same context, base and wheels, or are one image."""
    if one is None or other is None or one.build is None or other.build is None:
        return False
    alike = one.build.context_digest == other.build.context_digest
    return alike or one.build.image_id == other.build.image_id
