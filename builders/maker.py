"""Who made a container or network of ours, so that what a killed command left is found.

The mark goes into a label. It names the machine's boot and the process, with its start, since
numbers of processes come again; another boot's, or another machine's, processes aren't judged.
"""

from __future__ import annotations

import os
from pathlib import Path

from builders.engine import Engine
from builders.labels import MAKER

PROC = Path("/proc")


def mark(pid: int, proc: Path = PROC) -> str:
    """The mark of a running process of this machine; empty where there is no such process."""
    try:
        boot = (proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = (proc / "self/ns/pid").readlink().name.strip("pid:[]")
        status = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *fields = status.rpartition(")")[2].split()  # the command's name may hold anything
    start_ticks = fields[18]  # proc(5): field 22 of stat, the third being the state
    return "" if state in "ZX" else f"{boot}.{namespace}.{pid}.{start_ticks}"


def own_mark() -> dict[str, str]:
    """The label of what this process makes; none where /proc isn't mounted."""
    made_by = mark(os.getpid())
    return {MAKER: made_by} if made_by else {}


def has_ended(made_by: str, proc: Path = PROC) -> bool:
    """Whether the process of a mark is surely gone: it ran here, since the last boot."""
    boot_and_namespace, _, process = made_by.rpartition(".")[0].rpartition(".")
    own = mark(os.getpid(), proc)
    if not process.isdigit() or own.split(".")[:2] != boot_and_namespace.split("."):
        return False
    return mark(int(process), proc) != made_by


def remove_abandoned(engine: Engine) -> int:
    """Remove the containers and networks of commands that were killed; how many they were."""
    gone = [made_by for made_by in engine.label_values(MAKER) if has_ended(made_by)]
    removed = [engine.remove_labelled({MAKER: made_by}) for made_by in gone]
    return sum(one.containers + one.networks for one in removed)
