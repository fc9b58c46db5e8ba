"""What was the same for all variants, and what wasn't: the conditions of the run as one table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Callable, Optional

from bench.condition_types import Conditions, Environment
from bench.record_types import Record, VariantRecord
from reports import own_service, parts
from reports.formats import count, megabytes
from reports.markup import MISSING, block, code, escape, table

Told = Callable[[VariantRecord], Optional[str]]


def conditions(record: Record) -> str:
    """Asked of every container, the machine, and what each variant says of itself."""
    rows = {**_asked(record.conditions), **_run(record), **machine(record)}
    if record.asked is not None:  # its threads are its own affair, and so is what runs inside
        del rows["threads asked for"]
        of_containers = {"cold starts taken": _starts}
        return listed(record, {**own_service.conditions(record.asked), **rows}, of_containers)
    return listed(record, rows, {**of_devices(record), **_OF_VARIANTS})


def listed(record: Record, asked: Mapping[str, str], of_variants: Mapping[str, Told]) -> str:
    """What is one value for all, then what each variant has a value of its own for."""
    lines = [[label, escape(value) or MISSING] for label, value in asked.items()]
    lines += [[label, _each(record, told)] for label, told in of_variants.items()]
    return table(["what", "the same for all, unless names stand beside it"], lines, ["left"] * 2)


def container(asked: Conditions) -> Mapping[str, str]:
    """What every container gets, whatever it does."""
    return {
        "CPUs of a container": asked.cpu_set,
        "threads asked for": count(asked.threads),
        "memory limit": f"{megabytes(asked.memory_bytes)} MB",
        "network": asked.network,
        "page cache before each start": asked.page_cache,
    }


def _asked(asked: Conditions) -> Mapping[str, str]:
    fewest, most = count(asked.fewest_cold_starts), count(asked.most_cold_starts)
    return {
        **container(asked),
        "cold starts asked for": most if fewest == most else f"{fewest} to {most}",
        "precision asked for": f"medians within {100 * asked.precision:g} %",
        "time allowed for cold starts": f"{asked.max_time_s:,.0f} s",
        "requests not counted, in each container": count(asked.warmups),
        "requests counted, in each container": count(asked.requests),
        "seed of the order and the intervals": str(asked.seed),
        "reference measured twice": "yes" if asked.reference_twice else "no",
    }


def _run(record: Record) -> Mapping[str, str]:
    return {
        "why measuring ended": record.stop.reason
        if record.stop
        else "it hasn't, or was broken off",
        "time of the rounds": f"{record.measured_s:,.0f} s" if record.measured_s else "",
        "load before the rounds, 1 minute": load(record),
    }


def load(record: Record) -> str:
    """How busy the machine was before the rounds; of every run where several were merged."""
    return parts.each(record, lambda part: _load(part.load1), _load(record.load1))


def _load(load1: Optional[float]) -> str:
    return "" if load1 is None else f"{load1:.2f}"


def machine(record: Record) -> Mapping[str, str]:
    """Where it was measured; each fact with the runs' names where they differ."""
    return {label: _place(record, of) for label, of in _MACHINE.items()}


def _place(record: Record, of: Callable[[Environment], str]) -> str:
    return parts.each(record, lambda part: of(part.environment), of(record.environment))


_MACHINE: Mapping[str, Callable[[Environment], str]] = {
    "slimbench, on Python": lambda place: f"{place.slimbench}, {place.python}",
    "CPU": lambda place: f"{place.cpu_model}, {count(place.cpus)} cores",
    "frequency governor": lambda place: place.governor or "not told",
    "hypervisor": lambda place: place.hypervisor or "none told",
    "memory": lambda place: f"{megabytes(place.memory_bytes)} MB",
    "operating system": lambda place: place.operating_system,
    "kernel": lambda place: place.kernel,
    "engine": lambda place: place.engine,
    "storage driver": lambda place: place.storage_driver,
    "cgroup version": lambda place: place.cgroup_version,
    "containers share the host's kernel": lambda place: "yes" if place.shares_host_kernel else "no",
}


def _each(record: Record, told: Told) -> str:
    """The value that all have, or each value with the names of those that have it."""
    users: dict[str, list[str]] = {}
    for row in record.variants:
        value = told(row)
        if value:
            users.setdefault(value, []).append(code(row.name))
    if len(users) < 2:
        return escape(next(iter(users), "")) or MISSING
    return "; ".join(f"{escape(value)}: {', '.join(names)}" for value, names in users.items())


def _threads(row: VariantRecord) -> Optional[str]:
    return None if row.runtime_threads is None else count(row.runtime_threads)


def _device(row: VariantRecord) -> Optional[str]:
    return f"{row.device}, for want of a GPU" if row.fallback else row.device


def of_devices(record: Record) -> Mapping[str, Told]:
    """What each computed on; nothing where no row tells it, as in records of before."""
    told = any(row.device for row in record.variants)
    return {"device computed on": _device} if told else {}


def _starts(row: VariantRecord) -> Optional[str]:
    return count(len(row.samples)) if row.samples and row.status != "failed" else None


def _python(row: VariantRecord) -> Optional[str]:
    return row.interpreter.python if row.interpreter else row.runtime_versions.get("python")


def _compiler(row: VariantRecord) -> Optional[str]:
    return row.interpreter.compiler if row.interpreter else None


_OF_VARIANTS: Mapping[str, Told] = {
    "threads used": _threads,
    "cold starts taken": _starts,
    "Python": _python,
    "its compiler": _compiler,
}


def packages(record: Record) -> str:
    """Packages that images have in different versions; a sentence where there are none."""
    known = {row.name: row.interpreter.packages for row in record.variants if row.interpreter}
    if not known:
        return ""
    shared = sorted({name for those in known.values() for name in those})
    rows = [
        [code(name), *(escape(those.get(name, "")) for those in known.values())]
        for name in shared
        if len({those[name] for those in known.values() if name in those}) > 1
    ]
    if not rows:
        return "Every Python package that several images hold has one version in all of them."
    return table(["package", *map(code, known)], rows, ["left"] * (len(known) + 1))


def build_flags(record: Record) -> str:
    """How each different interpreter was built; empty where none tells."""
    users: dict[str, list[str]] = {}
    for row in record.variants:
        if row.interpreter and row.interpreter.build_flags:
            users.setdefault(row.interpreter.build_flags, []).append(code(row.name))
    return "\n\n".join(_flags(users))


def _flags(users: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for flags, names in users.items():
        yield f"{', '.join(names)}:\n\n{block(flags)}"


def images(record: Record) -> str:
    """What was measured, by the engine's id; empty where nothing was built."""
    rows = [
        [code(row.name), code(row.build.tag), code(row.build.image_id)]
        for row in record.variants
        if row.build is not None
    ]
    return table(["variant", "tag", "image id"], rows, ["left"] * 3) if rows else ""
