"""The resident memory of a process of this machine, as the kernel keeps it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Optional

from bench.cgroups import ROOT, cgroup_of


def peak_rss_bytes(pid: int, root: Path = ROOT) -> Optional[int]:
    """The largest since its program began; None where it is gone."""
    return _status_bytes(pid, "VmHWM", root)


def all_peak_rss_bytes(pid: int, root: Path = ROOT) -> Optional[int]:
    """The same of all processes in the cgroup of this one, added up; None where it is gone.

    Each is at its own peak, and pages that several share count for each: an upper bound.
    """
    cgroup = cgroup_of(pid, "memory", root)
    pids = cgroup.pids() if cgroup else ()
    peaks = [peak for one in pids or (pid,) if (peak := peak_rss_bytes(one, root)) is not None]
    return sum(peaks) if peaks else None


def rss_bytes(pid: int, root: Path = ROOT) -> Optional[int]:
    """What it is now; None where it is gone."""
    return _status_bytes(pid, "VmRSS", root)


def _status_bytes(pid: int, key: str, root: Path) -> Optional[int]:
    """A line of /proc/PID/status (proc_pid_status(5)), which the kernel counts in 1024 bytes."""
    try:
        status = (root / f"proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(rf"^{key}:\s*(\d+) kB$", status, flags=re.MULTILINE)
    return int(found[1]) * 1024 if found else None
