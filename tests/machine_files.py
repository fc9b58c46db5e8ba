"""Files as the kernel would show them, in a test's own folder."""

from __future__ import annotations

from pathlib import Path

PID = 4711
CONTAINER = "docker/" + 64 * "a"
MOUNTINFO_V1 = """\
23 1 254:0 / / rw,relatime - ext4 /dev/vda rw
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
"""
MEMBERS_V1 = f"""\
9:name=systemd:/{CONTAINER}
4:memory:/{CONTAINER}
2:cpu,cpuacct:/{CONTAINER}
0::/{CONTAINER}
"""
MOUNTINFO_V2 = """\
23 1 254:0 / / rw,relatime - ext4 /dev/vda rw
29 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 rw,nsdelegate
"""
SCOPE = f"system.slice/docker-{64 * 'b'}.scope"
MEMBERS_V2 = f"0::/{SCOPE}\n"

FILES_V1 = {
    f"sys/fs/cgroup/memory/{CONTAINER}/memory.usage_in_bytes": "72003584\n",
    f"sys/fs/cgroup/memory/{CONTAINER}/memory.max_usage_in_bytes": "77131776\n",
    f"sys/fs/cgroup/memory/{CONTAINER}/memory.stat": "cache 9\ninactive_file 7\n"
    "total_inactive_file 1003584\n",
    f"sys/fs/cgroup/cpu,cpuacct/{CONTAINER}/cpu.stat": "nr_periods 40\nnr_throttled 3\n"
    "throttled_time 120000000\n",
    f"sys/fs/cgroup/cpu,cpuacct/{CONTAINER}/cpuacct.usage": "119765686\n",
}
FILES_V2 = {
    f"sys/fs/cgroup/{SCOPE}/memory.current": "72003584\n",
    f"sys/fs/cgroup/{SCOPE}/memory.peak": "77131776\n",
    f"sys/fs/cgroup/{SCOPE}/memory.stat": "anon 5\nfile 9\ninactive_file 1003584\n",
    f"sys/fs/cgroup/{SCOPE}/cpu.stat": "usage_usec 119765\nuser_usec 1\nnr_periods 40\n"
    "nr_throttled 3\nthrottled_usec 120000\n",
}


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def first_version(root: Path) -> Path:
    """A machine with cgroup version 1 (and an empty version 2 beside it) that runs a container."""
    proc = {"proc/self/mountinfo": MOUNTINFO_V1, f"proc/{PID}/cgroup": MEMBERS_V1}
    return write(root, {**proc, **FILES_V1})


def second_version(root: Path) -> Path:
    """A machine with cgroup version 2 alone that runs a container."""
    proc = {"proc/self/mountinfo": MOUNTINFO_V2, f"proc/{PID}/cgroup": MEMBERS_V2}
    return write(root, {**proc, **FILES_V2})
