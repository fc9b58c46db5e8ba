"""NVIDIA's driver, asked directly: whether it has a GPU for this process, and how busy that is.

The driver's libraries come from the host: its NVIDIA runtime mounts them into a container that was
given a GPU. Without them nothing is loaded, and there are no figures. Figures come from NVML,
through nvidia-ml-py, which only images made for a GPU have.
"""

from __future__ import annotations

import ctypes
import importlib
from dataclasses import dataclass
from functools import cache
from typing import Any, Callable, Optional

DRIVER = "libcuda.so.1"
BUS_ID_BYTES = 32  # of a text such as 0000:17:00.0
Load = Callable[[str], Any]


@dataclass(frozen=True)
class GpuUsage:
    """How busy a GPU is, all its processes together.

    Attributes:
        utilization_percent: share of the driver's last sample period, at most 1 s, in which
            anything was computed.
        memory_used_bytes: what is taken of its memory.
        memory_total_bytes: its memory.
    """

    utilization_percent: int
    memory_used_bytes: int
    memory_total_bytes: int


@cache
def why_no_gpu(load: Load = ctypes.CDLL) -> str:
    """Why this process can't use a GPU, as a clause; empty when it can. Asked for once."""
    try:
        driver = load(DRIVER)
    except OSError:
        return f"there is no NVIDIA driver ({DRIVER}) here"
    if status := driver.cuInit(0):
        return f"NVIDIA's driver can't be used ({_error(driver, status)})"
    count = ctypes.c_int(0)
    status = driver.cuDeviceGetCount(ctypes.byref(count))
    return "" if status == 0 and count.value > 0 else "NVIDIA's driver has no GPU for this process"


def available() -> bool:
    """Whether this process can use a GPU."""
    return not why_no_gpu()


def gpu_usage() -> Optional[GpuUsage]:
    """How busy the GPU is that CUDA calls the first; None where nothing can tell."""
    if why_no_gpu():
        return None
    try:
        nvml = importlib.import_module("pynvml")
    except ImportError:
        return None
    try:
        return _usage(nvml, _handle(nvml, _bus_id(ctypes.CDLL(DRIVER))))
    except nvml.NVMLError:
        return None


def utilization_percent() -> Optional[int]:
    """See GpuUsage; None where nothing can tell."""
    usage = gpu_usage()
    return None if usage is None else usage.utilization_percent


def _usage(nvml: Any, handle: Any) -> GpuUsage:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    return GpuUsage(
        utilization_percent=int(nvml.nvmlDeviceGetUtilizationRates(handle).gpu),
        memory_used_bytes=int(memory.used),
        memory_total_bytes=int(memory.total),
    )


@cache
def _handle(nvml: Any, bus_id: bytes) -> Any:
    """NVML's own name for a GPU; it counts all of them, CUDA only those that this process sees."""
    nvml.nvmlInit()
    return nvml.nvmlDeviceGetHandleByPciBusId(bus_id)


def _bus_id(driver: Any) -> bytes:
    device, text = ctypes.c_int(), ctypes.create_string_buffer(BUS_ID_BYTES)
    driver.cuDeviceGet(ctypes.byref(device), 0)
    driver.cuDeviceGetPCIBusId(text, BUS_ID_BYTES, device)
    return text.value


def _error(driver: Any, status: int) -> str:
    """The driver's words for one of its error codes."""
    text = ctypes.c_char_p()
    driver.cuGetErrorString(status, ctypes.byref(text))
    return (text.value or f"error {status}".encode()).decode()
