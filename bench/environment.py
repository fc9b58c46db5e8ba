"""Where it is measured, as far as the figures depend on it."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.condition_types import Environment
from builders.engine import Engine

CPU_INFO = Path("/proc/cpuinfo")
NOT_INSTALLED = "not installed"


def environment(engine: Engine, cpu_info: Path = CPU_INFO) -> Environment:
    """The machine, the engine and this toolkit."""
    info = engine.info()
    return Environment(
        slimbench=toolkit_version(),
        python=platform.python_version(),
        cpu_model=cpu_model(_text(cpu_info)) or platform.machine(),
        cpus=info.cpus,
        memory_bytes=info.memory_bytes,
        kernel=info.kernel,
        operating_system=info.operating_system,
        engine=info.version,
        storage_driver=info.storage_driver,
        cgroup_version=info.cgroup_version,
        shares_host_kernel=info.shares_host_kernel,
    )


def cpu_model(cpu_info: str) -> str:
    """The first processor's model in the text of /proc/cpuinfo; empty where it isn't named."""
    for line in cpu_info.splitlines():
        key, _, value = line.partition(":")
        if key.strip() in ("model name", "Model"):
            return " ".join(value.split())
    return ""


def toolkit_version() -> str:
    """The installed version of slimbench."""
    try:
        return version("slimbench")
    except PackageNotFoundError:
        return NOT_INSTALLED


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # no Linux: the machine's architecture has to do
        return ""
