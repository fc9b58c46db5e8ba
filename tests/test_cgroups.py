"""A container's cgroups are found from its process, on both versions; figures from their files."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path, PurePosixPath

import machine_files
import pytest
from hypothesis import given
from hypothesis import strategies as st
from machine_files import CONTAINER, PID, SCOPE

from bench.cgroups import Cgroup, cgroup_of, parse_hierarchies, parse_memberships
from bench.container_usage import ContainerUsage, between, container_usage
from builders.engine import ContainerSpec, Engine, ImageInfo
from builders.own_container import own_container


@pytest.mark.parametrize("controller", ["cpu", "cpuacct"])
def test_controllers_that_share_a_hierarchy_of_version_1(tmp_path: Path, controller: str):
    root = machine_files.first_version(tmp_path)
    folder = root / "sys/fs/cgroup/cpu,cpuacct" / CONTAINER
    assert cgroup_of(PID, controller, root) == Cgroup(1, folder)


def test_version_2_has_one_folder_for_all(tmp_path: Path):
    root = machine_files.second_version(tmp_path)
    folder = root / "sys/fs/cgroup" / SCOPE
    assert cgroup_of(PID, "memory", root) == cgroup_of(PID, "cpuacct", root) == Cgroup(2, folder)


def test_a_controller_that_version_1_lacks_is_version_2s(tmp_path: Path):
    root = machine_files.first_version(tmp_path)
    folder = root / "sys/fs/cgroup/unified" / CONTAINER
    assert cgroup_of(PID, "io", root) == Cgroup(2, folder)


def test_a_process_that_has_ended_has_none(tmp_path: Path):
    root = machine_files.first_version(tmp_path)
    assert cgroup_of(PID + 1, "memory", root) is None
    assert cgroup_of(PID, "memory", tmp_path / "nothing") is None
    assert container_usage(0, root) == ContainerUsage()


def test_a_mounted_part_holds_only_what_is_below_it(tmp_path: Path):
    root = machine_files.first_version(tmp_path)
    part = "35 31 0:32 /docker /my\\040groups rw - cgroup cgroup rw,memory\n"
    machine_files.write(root, {"proc/self/mountinfo": part})
    assert cgroup_of(PID, "memory", root) == Cgroup(1, root / "my groups" / (64 * "a"))
    machine_files.write(root, {f"proc/{PID}/cgroup": "4:memory:/podman/x\n"})
    assert cgroup_of(PID, "memory", root) is None
    machine_files.write(root, {f"proc/{PID}/cgroup": "4:memory:/docker/../x\n"})
    assert cgroup_of(PID, "memory", root) is None


def test_figures_of_version_1(tmp_path: Path):
    assert container_usage(PID, machine_files.first_version(tmp_path)) == ContainerUsage(
        cpu_ns=119_765_686,
        peak_bytes=77_131_776,
        docker_stats_bytes=71_000_000,
        throttled_periods=3,
        throttled_ns=120_000_000,
    )


def test_figures_of_version_2(tmp_path: Path):
    assert container_usage(PID, machine_files.second_version(tmp_path)) == ContainerUsage(
        cpu_ns=119_765_000,
        peak_bytes=77_131_776,
        docker_stats_bytes=71_000_000,
        throttled_periods=3,
        throttled_ns=120_000_000,
    )


def test_an_older_version_2_keeps_no_peak(tmp_path: Path):
    root = machine_files.second_version(tmp_path)
    (root / "sys/fs/cgroup" / SCOPE / "memory.peak").unlink()
    (root / "sys/fs/cgroup" / SCOPE / "cpu.stat").write_text("usage_usec 5\n")
    found = container_usage(PID, root)
    assert (found.peak_bytes, found.throttled_periods, found.throttled_ns) == (None, None, None)
    assert (found.cpu_ns, found.docker_stats_bytes) == (5000, 71_000_000)


def test_docker_shows_all_usage_where_the_inactive_cache_is_as_large(tmp_path: Path):
    root = machine_files.first_version(tmp_path)
    folder = root / "sys/fs/cgroup/memory" / CONTAINER
    (folder / "memory.stat").write_text("total_inactive_file 72003584\n")
    assert container_usage(PID, root).docker_stats_bytes == 72_003_584
    (folder / "memory.usage_in_bytes").unlink()
    assert container_usage(PID, root).docker_stats_bytes is None


def test_what_was_used_between_two_readings():
    earlier = ContainerUsage(cpu_ns=5, peak_bytes=7, throttled_periods=1, throttled_ns=None)
    later = ContainerUsage(cpu_ns=9, peak_bytes=8, throttled_periods=1, throttled_ns=4)
    expected = ContainerUsage(cpu_ns=4, peak_bytes=8, throttled_periods=0, throttled_ns=None)
    assert between(earlier, later) == expected


def test_numbers_that_are_none_are_passed_over(tmp_path: Path):
    group = Cgroup(2, machine_files.write(tmp_path, {"a": "max\n", "b": "x 1\ny\nz max\n w  2 \n"}))
    assert group.number("a") is None
    assert group.numbers("b") == {"x": 1, "w": 2}


NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)
CONTROLLERS = st.frozensets(NAMES, max_size=3)
PATHS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1).map(
    "/".__add__
)


@given(st.lists(st.tuples(st.integers(0, 99), CONTROLLERS, PATHS)))
def test_memberships_read_as_they_were_written(lines: list[tuple[int, frozenset[str], str]]):
    text = "".join(f"{n}:{','.join(names)}:{path}\n" for n, names, path in lines)
    read = [(one.controllers, one.path) for one in parse_memberships(text)]
    assert read == [(names, PurePosixPath(path)) for _, names, path in lines]


@given(st.text())
def test_no_text_breaks_the_parsers(text: str):
    assert all(one.version in {1, 2} for one in parse_hierarchies(text))
    assert len(list(parse_memberships(text))) <= len(text.splitlines())


HOLDS_20_MB = 'held=$(head -c 20000000 /dev/zero | tr "\\0" x); echo held; sleep 60'


def docker_stats_bytes(container: str) -> float:
    """What the engine's client shows, rounded as it does."""
    command = ["docker", "stats", "--no-stream", "--format", "{{.MemUsage}}", container]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    amount, unit = re.findall(r"^([0-9.]+)([KMG])iB /", shown)[0]
    return float(amount) * 1024 ** (" KMG".index(unit))


@pytest.mark.engine
def test_a_real_containers_account(engine: Engine, tiny_image: ImageInfo):
    spec = ContainerSpec(tiny_image.image_id, ("sh", "-c", HOLDS_20_MB), labels={}, entrypoint=())
    with own_container(engine, spec) as container:
        engine.start(container)
        pid = engine.state(container).pid
        deadline = time.monotonic() + 30
        while "held" not in engine.logs(container) and time.monotonic() < deadline:
            time.sleep(0.05)
        shown = docker_stats_bytes(container)
        found = container_usage(pid)
    assert found.docker_stats_bytes is not None
    assert found.docker_stats_bytes > 20_000_000
    assert found.docker_stats_bytes == pytest.approx(shown, rel=0.02)
    assert found.peak_bytes is None or found.peak_bytes >= found.docker_stats_bytes
    assert found.cpu_ns is not None
    assert found.cpu_ns > 0
    assert container_usage(pid) == ContainerUsage()
