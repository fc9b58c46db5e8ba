"""What a container has used so far, from its cgroups: read it before the container ends.

Every figure is None where the kernel doesn't keep it. Sources: the kernel's documentation,
admin-guide/cgroup-v1/memory.rst, cgroup-v1/cpuacct.rst, scheduler/sched-bwc.rst and
admin-guide/cgroup-v2.rst.
"""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from bench.cgroups import ROOT, Cgroup, cgroup_of
from bench.condition_types import Frozen


class ContainerUsage(Frozen):
    """All processes of a container together.

    Attributes:
        cpu_ns: processor time, user and system.
        peak_bytes: largest memory charged to the cgroup at any time, page cache of the files it
            read first included; version 2 tells it from Linux 5.19.
        docker_stats_bytes: what `docker stats` would show now as memory usage.
        throttled_periods: scheduler periods in which its CPU limit stopped it.
        throttled_ns: for how long.
    """

    cpu_ns: Optional[int] = None
    peak_bytes: Optional[int] = None
    docker_stats_bytes: Optional[int] = None
    throttled_periods: Optional[int] = None
    throttled_ns: Optional[int] = None


def container_usage(pid: int, root: Path = ROOT) -> ContainerUsage:
    """What the container of this process has used.

    Args:
        pid: the container's first process as this machine numbers it; 0 where it isn't known.
        root: of the file system, for tests.
    """
    memory, cpu = cgroup_of(pid, "memory", root), cgroup_of(pid, "cpu", root)
    limited = cpu.numbers("cpu.stat") if cpu else {}
    throttled_us = limited.get("throttled_usec")
    return ContainerUsage(
        cpu_ns=_cpu_ns(cgroup_of(pid, "cpuacct", root)),
        peak_bytes=_peak_bytes(memory) if memory else None,
        docker_stats_bytes=_docker_stats_bytes(memory) if memory else None,
        throttled_periods=limited.get("nr_throttled"),
        throttled_ns=limited.get("throttled_time") if throttled_us is None else throttled_us * 1000,
    )


def between(earlier: ContainerUsage, later: ContainerUsage) -> ContainerUsage:
    """What was used between two readings; the memory figures are the later ones."""
    return later.model_copy(
        update={
            name: _less(getattr(later, name), getattr(earlier, name))
            for name in ("cpu_ns", "throttled_periods", "throttled_ns")
        }
    )


def _less(later: Optional[int], earlier: Optional[int]) -> Optional[int]:
    return None if later is None or earlier is None else later - earlier


def _cpu_ns(cgroup: Optional[Cgroup]) -> Optional[int]:
    if cgroup is None:
        return None
    if cgroup.version == 1:
        return cgroup.number("cpuacct.usage")
    used_us = cgroup.numbers("cpu.stat").get("usage_usec")
    return None if used_us is None else used_us * 1000


def _peak_bytes(memory: Cgroup) -> Optional[int]:
    first = memory.version == 1
    return memory.number("memory.max_usage_in_bytes" if first else "memory.peak")


def _docker_stats_bytes(memory: Cgroup) -> Optional[int]:
    """Usage without the page cache that the kernel would give up first.

    Source: docker/cli, `calculateMemUsageUnixNoCache` in cli/command/container/stats_helpers.go:
    usage less `total_inactive_file` (version 1) or `inactive_file` (version 2), where that is
    less than the usage. Docker before 20.10 took off the whole page cache instead.
    """
    first = memory.version == 1
    usage = memory.number("memory.usage_in_bytes" if first else "memory.current")
    name = "total_inactive_file" if first else "inactive_file"
    inactive = memory.numbers("memory.stat").get(name, 0)
    return usage - inactive if usage is not None and inactive < usage else usage
