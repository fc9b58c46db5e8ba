"""What the processors of this machine did since it started, and at what speed they run.

Source: proc_stat(5); the kernel's documentation, admin-guide/pm/cpufreq.rst.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

ROOT = Path("/")
_USER_TO_STEAL = 8  # user nice system idle iowait irq softirq steal; guests are in user already
_IDLE, _IOWAIT, _STEAL = 3, 4, 7


@dataclass(frozen=True)
class ProcessorTimes:
    """Time in nanoseconds; the kernel counts it in ticks of 10 ms."""

    busy_ns: int = 0  # spent on anything of this machine, interrupts included
    steal_ns: int = 0  # taken away by the hypervisor while something could have run
    total_ns: int = 0

    def __add__(self, other: ProcessorTimes) -> ProcessorTimes:
        return ProcessorTimes(
            self.busy_ns + other.busy_ns,
            self.steal_ns + other.steal_ns,
            self.total_ns + other.total_ns,
        )

    def __sub__(self, earlier: ProcessorTimes) -> ProcessorTimes:
        return ProcessorTimes(
            self.busy_ns - earlier.busy_ns,
            self.steal_ns - earlier.steal_ns,
            self.total_ns - earlier.total_ns,
        )


def processor_times(cpu_set: str, root: Path = ROOT) -> Optional[ProcessorTimes]:
    """What the CPUs of a set did, together; None where one of them isn't told of."""
    try:
        text = (root / "proc/stat").read_text(encoding="ascii", errors="replace")
    except OSError:  # no Linux
        return None
    by_cpu = parse_stat(text, 10**9 // os.sysconf("SC_CLK_TCK"))
    found = [by_cpu.get(cpu) for cpu in cpus_of(cpu_set)]
    known = [times for times in found if times is not None]
    return sum(known, ProcessorTimes()) if len(known) == len(found) else None


def parse_stat(text: str, tick_ns: int) -> Mapping[int, ProcessorTimes]:
    """The lines `cpuN TICKS ...` of /proc/stat; a kernel without steal has fewer numbers."""
    found = {}
    for number, counts in re.findall(r"^cpu(\d+)((?: +\d+){4,})", text, flags=re.MULTILINE):
        times = [int(count) * tick_ns for count in counts.split()[:_USER_TO_STEAL]]
        steal_ns = times[_STEAL] if len(times) > _STEAL else 0
        idle_ns = times[_IDLE] + (times[_IOWAIT] if len(times) > _IOWAIT else 0)
        total_ns = sum(times)
        found[int(number)] = ProcessorTimes(total_ns - idle_ns - steal_ns, steal_ns, total_ns)
    return found


def cpus_of(cpu_set: str) -> tuple[int, ...]:
    """The CPUs of a list such as `0-2,5`, as cpuset(7) writes it."""
    ranges = [part.partition("-") for part in cpu_set.split(",")]
    return tuple(cpu for low, _, high in ranges for cpu in range(int(low), int(high or low) + 1))


def governor(cpu: int, root: Path = ROOT) -> str:
    """What sets the CPU's speed, such as `performance`; empty where the kernel doesn't (guests)."""
    return _frequency_file(cpu, "scaling_governor", root)


def frequency_khz(cpu: int, root: Path = ROOT) -> Optional[int]:
    """The CPU's speed now; None where the kernel doesn't tell it."""
    text = _frequency_file(cpu, "scaling_cur_freq", root)
    return int(text) if text.isdecimal() else None


def _frequency_file(cpu: int, name: str, root: Path) -> str:
    path = root / f"sys/devices/system/cpu/cpu{cpu}/cpufreq" / name
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
