"""Whether something else was going on while a sample was taken: flagged, never dropped.

Read the machine before and after, and the container's own account at its end; the difference is
what others did. Dropping samples would choose the results; a flag lets the reader judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Optional

from bench.condition_types import Frozen
from bench.container_usage import ContainerUsage
from bench.processor_times import ROOT, ProcessorTimes, cpus_of, frequency_khz, processor_times

STEAL_ALLOWED = 0.02
# Of one CPU on an idle machine: the engine's own work took 13 to 22 % of starts of 0.2 to 1 s,
# slimbench's and the ticks' roundness up to 8 % of 0.2 s of requests. Beside a compiler on two
# cores it was 45 to 88 %, and starts took up to six times as long.
OTHERS_ALLOWED = {"start": 0.3, "requests": 0.15}

Part = Literal["start", "requests"]
Cause = Literal["hypervisor", "others", "CPU limit"]


@dataclass(frozen=True)
class MachineReading:
    """The machine at one moment; None for what it doesn't tell."""

    load1: Optional[float]
    processors: Optional[ProcessorTimes]  # of the CPU set together
    frequency_khz: Optional[int]  # of its first CPU


class Disturbance(Frozen):
    """What else went on during a part of a sample; None for what isn't known.

    Attributes:
        part: of the sample.
        steal_share: of the CPU set's time, what the hypervisor took away.
        other_cpu_share: of the CPU set's time, what processes outside the container used, the
            engine and slimbench among them. Ticks are 10 ms: over short samples it may come out a
            little below 0.
        throttled_periods: in which a CPU limit stopped the container.
        load1: tasks that ran or wanted to, over the minute before; ours too, so it is no reason.
        frequency_khz: of the set's first CPU, when the sample ended.
    """

    part: Part
    steal_share: Optional[float] = None
    other_cpu_share: Optional[float] = None
    throttled_periods: Optional[int] = None
    load1: Optional[float] = None
    frequency_khz: Optional[int] = None


def read_machine(cpu_set: str, root: Path = ROOT) -> MachineReading:
    """Read it now: two or three small files, well below a millisecond."""
    return MachineReading(
        load1=_load1(root),
        processors=processor_times(cpu_set, root),
        frequency_khz=frequency_khz(cpus_of(cpu_set)[0], root),
    )


def disturbance(
    part: Part, before: MachineReading, after: MachineReading, usage: ContainerUsage
) -> Disturbance:
    """What went on between two readings.

    Args:
        part: of the sample.
        before: when it began.
        after: when it ended.
        usage: the container's in between (`bench.container_usage.between`).
    """
    shares = _shares(before.processors, after.processors, usage.cpu_ns)
    return Disturbance(
        part=part,
        steal_share=shares[0],
        other_cpu_share=shares[1],
        throttled_periods=usage.throttled_periods,
        load1=before.load1,
        frequency_khz=after.frequency_khz,
    )


def cause(reading: Disturbance) -> Optional[Cause]:
    """What the sample is flagged for, the first that holds; None where nothing is."""
    steal, others = reading.steal_share, reading.other_cpu_share
    if steal is not None and steal > STEAL_ALLOWED:
        return "hypervisor"
    if others is not None and others > OTHERS_ALLOWED[reading.part]:
        return "others"
    return "CPU limit" if reading.throttled_periods else None


def disturbed(reading: Disturbance) -> Optional[str]:
    """Why the sample is flagged, in one sentence; None where nothing speaks against it."""
    found = cause(reading)
    return None if found is None else _SENTENCES[found](reading)


def _by_hypervisor(reading: Disturbance) -> str:
    return (
        f"the hypervisor took {reading.steal_share:.1%} of the CPU time, more than the "
        f"{STEAL_ALLOWED:.0%} that medians are measured to"
    )


def _by_others(reading: Disturbance) -> str:
    return (
        f"others used {reading.other_cpu_share:.0%} of the container's CPUs during its "
        f"{reading.part}, more than the {OTHERS_ALLOWED[reading.part]:.0%} that the engine and "
        "slimbench may need"
    )


def _by_limit(reading: Disturbance) -> str:
    return (
        f"its CPU limit stopped it in {reading.throttled_periods} periods, so that waiting was "
        "measured, not work"
    )


_SENTENCES = {"hypervisor": _by_hypervisor, "others": _by_others, "CPU limit": _by_limit}


def _shares(
    before: Optional[ProcessorTimes], after: Optional[ProcessorTimes], own_ns: Optional[int]
) -> tuple[Optional[float], Optional[float]]:
    if before is None or after is None:
        return None, None
    spent = after - before
    if spent.total_ns <= 0:  # less than a tick
        return None, None
    others = None if own_ns is None else (spent.busy_ns - own_ns) / spent.total_ns
    return spent.steal_ns / spent.total_ns, others


def _load1(root: Path) -> Optional[float]:
    try:
        return float((root / "proc/loadavg").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):  # no Linux
        return None
