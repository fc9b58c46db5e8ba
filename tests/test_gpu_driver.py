"""What NVIDIA's driver is asked, where there is one and where there is none."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import pytest
from gpu_runtimes import Driver, Nvml

from inference import nvidia
from inference.nvidia import GpuUsage, gpu_usage, why_no_gpu


def driven(driver: Any) -> str:
    return why_no_gpu(lambda name: driver)


def missing(name: str) -> Any:
    raise OSError(f"{name}: cannot open shared object file: No such file or directory")


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver with a GPU."""
    monkeypatch.setattr(nvidia, "why_no_gpu", lambda: "")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: Driver())


def test_a_gpu_that_is_there_has_no_reason_against_it() -> None:
    assert driven(Driver(gpus=2)) == ""


def test_each_reason_is_a_clause() -> None:
    assert why_no_gpu(missing) == "there is no NVIDIA driver (libcuda.so.1) here"
    refused = driven(Driver(status=100))
    assert refused == "NVIDIA's driver can't be used (no device)"
    assert driven(Driver(status=999, words=None)).endswith("(error 999)")
    assert driven(Driver(gpus=0)) == "NVIDIA's driver has no GPU for this process"


def test_the_driver_is_asked_once() -> None:
    asked = []

    def load(name: str) -> Any:
        asked.append(name)
        return Driver()

    assert why_no_gpu(load) == why_no_gpu(load) == ""
    assert asked == ["libcuda.so.1"]


def test_usage_is_that_of_cuda_s_first_gpu(gpu: None, monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = Nvml()
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    assert gpu_usage() == gpu_usage() == GpuUsage(37, 3_000_000, 16_000_000)
    assert nvml.starts == 1
    assert nvidia.utilization_percent() == 37


def test_no_figure_is_made_up(gpu: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", Nvml(fails=True))
    assert gpu_usage() is None
    monkeypatch.setitem(sys.modules, "pynvml", None)  # importing it fails
    assert gpu_usage() is None


def test_without_a_driver_nvml_is_not_even_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvidia, "why_no_gpu", lambda: "there is none")
    nvml = Nvml()
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    assert gpu_usage() is None
    assert nvidia.utilization_percent() is None
    assert not nvidia.available()
    assert nvml.starts == 0
