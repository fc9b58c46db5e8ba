"""Which CPUs the load tools get: others than the service's, where there are any."""

from __future__ import annotations

import os
from dataclasses import dataclass

from bench.processor_times import cpus_of


@dataclass(frozen=True)
class GeneratorCpus:
    """A CPU set; `apart` where the service has none of it."""

    cpu_set: str
    apart: bool

    @property
    def count(self) -> int:
        """How many they are."""
        return len(cpus_of(self.cpu_set))


def generator_cpus(service_cpus: str, *, one_kernel: bool) -> GeneratorCpus:
    """What is left of this process's CPUs.

    Args:
        service_cpus: the service's CPU set.
        one_kernel: whether the engine numbers CPUs as this machine does.
    """
    allowed = sorted(os.sched_getaffinity(0))
    others = [cpu for cpu in allowed if cpu not in cpus_of(service_cpus)]
    apart = one_kernel and bool(others)
    return GeneratorCpus(",".join(map(str, others if apart else allowed)), apart)
