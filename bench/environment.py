"""Where it is measured, as far as the figures depend on it."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.condition_types import Environment
from bench.processor_times import ROOT, cpus_of, governor
from builders.engine import Engine

NOT_INSTALLED = "not installed"
UNNAMED = "unnamed"


def environment(engine: Engine, cpu_set: str, root: Path = ROOT) -> Environment:
    """The machine, the engine and this toolkit; of another kernel only what the engine tells.

    Args:
        engine: which answers for its machine.
        cpu_set: the CPUs that are measured on.
        root: of this machine's file system, for tests.
    """
    info = engine.info()
    here = info.shares_host_kernel
    cpu_info = _text(root / "proc/cpuinfo")
    return Environment(
        slimbench=toolkit_version(),
        python=platform.python_version(),
        cpu_model=cpu_model(cpu_info) or platform.machine(),
        cpus=info.cpus,
        memory_bytes=info.memory_bytes,
        kernel=info.kernel,
        operating_system=info.operating_system,
        engine=info.version,
        storage_driver=info.storage_driver,
        cgroup_version=info.cgroup_version,
        shares_host_kernel=here,
        governor=governor(cpus_of(cpu_set)[0], root) if here else "",
        hypervisor=hypervisor(cpu_info, root) if here else "",
    )


def cpu_model(cpu_info: str) -> str:
    """The first processor's model in the text of /proc/cpuinfo; empty where it isn't named."""
    return _field(cpu_info, "model name", "Model")


def hypervisor(cpu_info: str, root: Path = ROOT) -> str:
    """What this machine runs on, by the first of three that tells it; empty where none does.

    These are Xen's own file, the machine's maker and product as its firmware names them, and the
    processor's flag, which says that there is one and not which.
    """
    if kind := _text(root / "sys/hypervisor/type").strip():
        return kind
    if "hypervisor" not in _field(cpu_info, "flags").split():
        return ""
    firmware = root / "sys/class/dmi/id"
    words = (_text(firmware / name).strip() for name in ("sys_vendor", "product_name"))
    return " ".join(filter(None, words)) or UNNAMED


def toolkit_version() -> str:
    """The installed version of slimbench."""
    try:
        return version("slimbench")
    except PackageNotFoundError:
        return NOT_INSTALLED


def _field(cpu_info: str, *names: str) -> str:
    for line in cpu_info.splitlines():
        key, _, value = line.partition(":")
        if key.strip() in names:
            return " ".join(value.split())
    return ""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # no Linux, or a kernel that doesn't tell
        return ""
