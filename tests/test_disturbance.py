"""The machine's state around a sample, and what of it flags the sample."""

from __future__ import annotations

import os
import time
from pathlib import Path

import machine_files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.container_usage import ContainerUsage
from bench.disturbance import (
    Disturbance,
    MachineReading,
    cause,
    disturbance,
    disturbed,
    read_machine,
)
from bench.processor_times import (
    ProcessorTimes,
    cpus_of,
    frequency_khz,
    governor,
    parse_stat,
    processor_times,
)

MS = 1_000_000
STAT = """\
cpu  10 20 30 400 50 6 7 80 9 1
cpu0 1 2 3 40 5 6 7 8 9 1
cpu1 9 18 27 360 45 0 0 72 0 0
intr 47650440 0 0
ctxt 12
"""
TICK_NS = 10**9 // os.sysconf("SC_CLK_TCK")


def reading(busy_ms: int, steal_ms: int, total_ms: int) -> MachineReading:
    times = ProcessorTimes(busy_ms * MS, steal_ms * MS, total_ms * MS)
    return MachineReading(0.5, times, 2_000_000)


def test_each_processors_times_without_counting_guests_twice():
    found = parse_stat(STAT, 10)
    assert found == {0: ProcessorTimes(190, 80, 720), 1: ProcessorTimes(540, 720, 5310)}


def test_an_old_kernel_tells_less():
    assert parse_stat("cpu0 1 2 3 40\n", 10) == {0: ProcessorTimes(60, 0, 460)}


@given(st.text())
def test_no_text_breaks_the_parser(text: str):
    assert all(times.total_ns >= times.busy_ns for times in parse_stat(text, 1).values())


def test_times_of_a_cpu_set_are_summed(tmp_path: Path):
    machine_files.write(tmp_path, {"proc/stat": STAT})
    both = processor_times("0-1", tmp_path)
    assert both == ProcessorTimes(73 * TICK_NS, 80 * TICK_NS, 603 * TICK_NS)
    assert processor_times("0,2", tmp_path) is None
    assert processor_times("0", tmp_path / "nothing") is None


@pytest.mark.parametrize(("text", "cpus"), [("0", (0,)), ("0-2,5", (0, 1, 2, 5)), ("3,1", (3, 1))])
def test_cpu_lists(text: str, cpus: tuple[int, ...]):
    assert cpus_of(text) == cpus


def test_governor_and_frequency_where_the_kernel_sets_them(tmp_path: Path):
    folder = "sys/devices/system/cpu/cpu1/cpufreq"
    files = {f"{folder}/scaling_governor": "powersave\n", f"{folder}/scaling_cur_freq": "2100000\n"}
    machine_files.write(tmp_path, files)
    assert (governor(1, tmp_path), frequency_khz(1, tmp_path)) == ("powersave", 2_100_000)
    assert (governor(0, tmp_path), frequency_khz(0, tmp_path)) == ("", None)


def test_a_machine_is_read_as_far_as_it_tells(tmp_path: Path):
    machine_files.write(tmp_path, {"proc/stat": STAT, "proc/loadavg": "0.41 0.3 0.2 1/99 5\n"})
    found = read_machine("1", tmp_path)
    assert found.load1 == 0.41
    assert found.processors == processor_times("1", tmp_path)
    assert found.frequency_khz is None
    assert read_machine("1", tmp_path / "nothing") == MachineReading(None, None, None)


def test_what_others_did_is_what_the_container_did_not():
    usage = ContainerUsage(cpu_ns=700 * MS, throttled_periods=0)
    found = disturbance("start", reading(5000, 10, 9000), reading(5800, 20, 10_000), usage)
    assert found == Disturbance(
        part="start",
        steal_share=0.01,
        other_cpu_share=0.1,
        throttled_periods=0,
        load1=0.5,
        frequency_khz=2_000_000,
    )
    assert disturbed(found) is None
    assert Disturbance.model_validate_json(found.model_dump_json()) == found


def test_what_is_not_known_stays_so():
    before, after = reading(0, 0, 1000), reading(10, 0, 2000)
    unknown = disturbance("start", before, after, ContainerUsage())
    assert (unknown.steal_share, unknown.other_cpu_share) == (0, None)
    blind = MachineReading(None, None, None)
    for nothing in (
        disturbance("start", blind, after, ContainerUsage(cpu_ns=1)),
        disturbance("start", before, before, ContainerUsage(cpu_ns=1)),
    ):
        assert (nothing.steal_share, nothing.other_cpu_share) == (None, None)
        assert disturbed(nothing) is None


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            Disturbance(part="requests", steal_share=0.031),
            "the hypervisor took 3.1% of the CPU time, more than the 2% that medians are "
            "measured to",
        ),
        (
            Disturbance(part="start", other_cpu_share=0.56),
            "others used 56% of the container's CPUs during its start, more than the 30% that "
            "the engine and slimbench may need",
        ),
        (
            Disturbance(part="requests", other_cpu_share=0.16),
            "others used 16% of the container's CPUs during its requests, more than the 15% that "
            "the engine and slimbench may need",
        ),
        (
            Disturbance(part="start", throttled_periods=2),
            "its CPU limit stopped it in 2 periods, so that waiting was measured, not work",
        ),
        (Disturbance(part="start", steal_share=0.02, other_cpu_share=0.3, load1=99), None),
        (Disturbance(part="requests", other_cpu_share=-0.02, throttled_periods=0), None),
    ],
)
def test_what_flags_a_sample(found: Disturbance, sentence: object):
    assert disturbed(found) == sentence


def test_causes_are_told_apart_and_the_hypervisor_comes_first():
    everything = {"steal_share": 0.5, "other_cpu_share": 0.5, "throttled_periods": 1}
    causes = []
    for name in (*everything, None):
        causes.append(cause(Disturbance(part="start", **everything)))
        everything.pop(name, None)
    assert causes == ["hypervisor", "others", "CPU limit", None]


def test_a_busy_process_outside_the_container_shows():
    """This process stands for the others: half a second of work, on whichever CPU."""
    everywhere = f"0-{os.cpu_count() - 1}"  # type: ignore[operator]
    before = read_machine(everywhere)
    end = time.process_time() + 0.5
    while time.process_time() < end:
        pass
    found = disturbance("start", before, read_machine(everywhere), ContainerUsage(cpu_ns=0))
    assert found.other_cpu_share is not None
    assert found.other_cpu_share > 0
    assert found.load1 is not None
