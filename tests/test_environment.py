"""The environment: the engine's machine, the processor and the toolkit's version."""

from __future__ import annotations

import platform
from dataclasses import replace
from pathlib import Path

import pytest

from bench.environment import cpu_model, environment, hypervisor
from builders.fake_engine import FAKE_INFO, FakeEngine

CPU_INFO = "processor\t: 0\nmodel name\t: Fast  CPU @ 3 GHz\nmodel name : Other\nflags\t: fpu"


def machine(root: Path, **files: str) -> Path:
    """A machine's file system with these files, `__` in a name standing for `/`."""
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_environment_is_the_engines(tmp_path):
    machine(
        tmp_path,
        proc__cpuinfo=f"{CPU_INFO} hypervisor\n",
        sys__devices__system__cpu__cpu1__cpufreq__scaling_governor="powersave\n",
    )
    found = environment(FakeEngine(), "1", tmp_path)
    assert found.cpu_model == "Fast CPU @ 3 GHz"
    assert found.cpus == FAKE_INFO.cpus
    assert found.memory_bytes == FAKE_INFO.memory_bytes
    assert found.kernel == FAKE_INFO.kernel
    assert found.operating_system == FAKE_INFO.operating_system
    assert found.engine == FAKE_INFO.version
    assert found.storage_driver == FAKE_INFO.storage_driver
    assert found.cgroup_version == FAKE_INFO.cgroup_version
    assert found.shares_host_kernel
    assert found.python == platform.python_version()
    assert found.slimbench
    assert (found.governor, found.hypervisor) == ("powersave", "unnamed")


def test_another_machine_is_not_described_by_this_one(tmp_path):
    machine(
        tmp_path,
        proc__cpuinfo=f"{CPU_INFO} hypervisor\n",
        sys__devices__system__cpu__cpu0__cpufreq__scaling_governor="powersave\n",
    )
    engine = FakeEngine(info=replace(FAKE_INFO, shares_host_kernel=False))
    found = environment(engine, "0", tmp_path)
    assert (found.governor, found.hypervisor, found.shares_host_kernel) == ("", "", False)


def test_architecture_stands_for_an_unknown_processor(tmp_path):
    found = environment(FakeEngine(), "0", tmp_path)
    assert found.cpu_model == platform.machine()
    assert (found.governor, found.hypervisor) == ("", "")


def test_what_the_machine_runs_on(tmp_path):
    flagged = f"{CPU_INFO} hypervisor lm\n"
    assert hypervisor(CPU_INFO, tmp_path) == ""
    assert hypervisor(flagged, tmp_path) == "unnamed"
    machine(tmp_path, sys__class__dmi__id__sys_vendor="QEMU\n")
    assert hypervisor(flagged, tmp_path) == "QEMU"
    machine(tmp_path, sys__class__dmi__id__product_name="Standard PC\n")
    assert hypervisor(flagged, tmp_path) == "QEMU Standard PC"
    assert hypervisor(CPU_INFO, tmp_path) == ""  # bare metal has a maker, too
    machine(tmp_path, sys__hypervisor__type="xen\n")
    assert hypervisor(CPU_INFO, tmp_path) == "xen"


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("model\t: 1\nmodel name\t: AMD EPYC\n", "AMD EPYC"),
        ("processor : 0\nModel\t\t: Raspberry Pi 4\n", "Raspberry Pi 4"),
        ("CPU part : 0xd0c\n", ""),
        ("", ""),
    ],
)
def test_cpu_model(text, model):
    assert cpu_model(text) == model
