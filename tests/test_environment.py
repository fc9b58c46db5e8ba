"""The environment: the engine's machine, the processor and the toolkit's version."""

from __future__ import annotations

import platform

import pytest

from bench.environment import cpu_model, environment
from builders.fake_engine import FAKE_INFO, FakeEngine


def test_environment_is_the_engines(tmp_path):
    cpu_info = tmp_path / "cpuinfo"
    cpu_info.write_text("processor\t: 0\nmodel name\t: Fast  CPU @ 3 GHz\nmodel name : Other\n")
    found = environment(FakeEngine(), cpu_info)
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


def test_architecture_stands_for_an_unknown_processor(tmp_path):
    assert environment(FakeEngine(), tmp_path / "missing").cpu_model == platform.machine()


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
