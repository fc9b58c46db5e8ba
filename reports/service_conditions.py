"""What was the same for all services, and what was disturbed: the conditions as one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from bench.record_types import Record
from bench.service_types import ServiceConditions, ServiceLoad
from reports import fairness
from reports.formats import count, megabytes, percent
from reports.service_figures import disturbed, of_loads, samples


def conditions(record: Record) -> str:
    """Asked of every service, of the load tools, and the machine."""
    asked = {} if record.service is None else _asked(record.service)
    rows = {**_container(record), **asked, **_tools(record), **fairness.machine(record)}
    return fairness.listed(record, rows, fairness.of_devices(record))


def _container(record: Record) -> Mapping[str, str]:
    limits = record.conditions
    return {
        "CPUs of a service": limits.cpu_set,
        "threads asked for": count(limits.threads),
        "memory limit": f"{megabytes(limits.memory_bytes)} MB",
        "page cache before each start": limits.page_cache,
        "seed of the order": str(limits.seed),
        "load before the rounds, 1 minute": fairness.load(record),
    }


def _asked(asked: ServiceConditions) -> Mapping[str, str]:
    return {
        "user, root file system, capabilities": f"{asked.user}, read-only, none",
        "network": asked.network,
        "starts of each": f"{asked.starts} alone, {asked.rounds} before load",
        "requests at a time": ", ".join(map(count, asked.concurrencies)),
        "arrivals a second": ", ".join(f"{rate:g}" for rate in asked.rates),
        "time of each load": f"{asked.seconds} s, after {asked.warmup_seconds} s not counted",
    }


def _tools(record: Record) -> Mapping[str, str]:
    shares = [sample.generator_share for row in record.variants for sample in samples(row)]
    if not shares:
        return {}
    return {
        "load tools": ", ".join(
            of_loads(record, lambda load: ", ".join(f"{k} {v}" for k, v in load.tools.items()))
        ),
        "their CPUs": "; ".join(of_loads(record, _cpus)),
        "most that they used of them": f"{percent(max(shares))} %",
        "loads disturbed by others": _disturbed(disturbed(record)),
    }


def _cpus(load: ServiceLoad) -> str:
    whose = "none of them the service's" if load.generator_apart else "the service's among them"
    return f"{load.generator_cpus}, {whose}"


def _disturbed(found: Optional[tuple[int, int]]) -> str:
    return "not watched" if found is None else f"{found[0]} of {found[1]}"
