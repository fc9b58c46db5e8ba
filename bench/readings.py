"""What a sample's container used and what disturbed it, read at the edges of its two parts.

The start ends with the first answer; the requests end before the request to quit. All reading lies
between those two stamps, outside of every timed phase and request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from bench.container_usage import ContainerUsage, between, container_usage
from bench.disturbance import Disturbance, MachineReading, disturbance, read_machine
from bench.events import Stats
from bench.sample_types import Usage
from bench.service.memory import all_peak_rss_bytes
from bench.session import Session
from inference import protocol


@dataclass(frozen=True)
class ContainerReading:
    """A container at the end of a part.

    Attributes:
        ended: the machine when the part had ended.
        pid: its first process as this machine numbers it; 0 where that isn't known.
        usage: of the container, from its creation.
        peak_rss_bytes: of its process, or all of them, from the start; None where not known.
        next_begins: the machine when all this had been read.
    """

    ended: MachineReading
    pid: int
    usage: ContainerUsage
    peak_rss_bytes: Optional[int]
    next_begins: MachineReading


@dataclass(frozen=True)
class Reader:
    """Reads for one sample; `one_kernel` is the engine's `shares_host_kernel`.

    Another kernel's files can't be read from here, so that only the process's own word is left.
    """

    cpu_set: str
    one_kernel: bool

    def machine(self) -> MachineReading:
        """The machine now."""
        return read_machine(self.cpu_set) if self.one_kernel else MachineReading(None, None, None)

    def container(self, running: Session) -> ContainerReading:
        """The container now."""
        ended = self.machine()
        pid = running.pid() if self.one_kernel else 0
        usage = container_usage(pid) if self.one_kernel else ContainerUsage()
        stats = running.ask(Stats, protocol.GET_STATS).event
        return ContainerReading(ended, pid, usage, stats.peak_rss_bytes, self.machine())

    def service(self, pid: int) -> ContainerReading:
        """A container now that tells nothing of itself, by the number of its first process."""
        ended = self.machine()
        usage = container_usage(pid) if self.one_kernel else ContainerUsage()
        peak = all_peak_rss_bytes(pid) if self.one_kernel else None
        return ContainerReading(ended, pid, usage, peak, self.machine())


def usage(start: ContainerReading, requests: ContainerReading) -> Usage:
    """What the container used, of its readings at the end of both parts."""
    steady = between(start.usage, requests.usage)
    return Usage(
        cold_cpu_ns=start.usage.cpu_ns,
        steady_cpu_ns=steady.cpu_ns,
        cold_peak_rss_bytes=start.peak_rss_bytes,
        cgroup_peak_bytes=requests.usage.peak_bytes,
        docker_stats_bytes=requests.usage.docker_stats_bytes,
    )


def disturbances(
    before: MachineReading, start: ContainerReading, requests: ContainerReading
) -> tuple[Disturbance, ...]:
    """What else went on, of the machine before the creation and the readings of both parts."""
    steady = between(start.usage, requests.usage)
    return (
        disturbance("start", before, start.ended, start.usage),
        disturbance("requests", start.next_begins, requests.ended, steady),
    )
