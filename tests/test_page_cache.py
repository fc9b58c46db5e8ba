"""The page cache is emptied where that is permitted, and otherwise the reason told."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest

from bench.page_cache import CacheDrop, drop_page_cache, why_not


@pytest.fixture
def switch(tmp_path: Path) -> Path:
    path = tmp_path / "drop_caches"
    path.write_text("")
    return path


def test_pages_and_inodes_are_dropped(switch: Path):
    assert drop_page_cache(True, switch) == CacheDrop(dropped=True)
    assert switch.read_text() == "3\n"


def test_another_kernels_cache_is_left_alone(switch: Path):
    found = drop_page_cache(False, switch)
    assert not found.dropped
    assert "another kernel" in found.reason
    assert switch.read_text() == ""


def test_a_kernel_without_the_switch(tmp_path: Path):
    found = drop_page_cache(True, tmp_path / "absent")
    assert found == CacheDrop(
        dropped=False, reason="this kernel has no way to empty the page cache"
    )
    assert not (tmp_path / "absent").exists()


def test_what_else_goes_wrong_is_told(tmp_path: Path):
    found = drop_page_cache(True, tmp_path)
    assert found == CacheDrop(
        dropped=False, reason="the page cache can't be emptied (Is a directory)"
    )


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.EACCES, "only root may empty the page cache"),
        (errno.EPERM, "only root may empty the page cache"),
        (errno.EROFS, "a container may not empty the machine's page cache"),
    ],
)
def test_what_is_not_permitted_is_told(number: int, reason: str):
    assert why_not(OSError(number, os.strerror(number))) == reason


def resident_bytes(path: Path) -> int:
    command = ["fincore", "--bytes", "--noheadings", "--output", "RES", str(path)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.process
def test_a_files_pages_are_gone_where_the_drop_is_permitted(tmp_path: Path):
    file = tmp_path / "read"
    file.write_bytes(os.urandom(8 * 1024**2))
    before = resident_bytes(file)
    assert before == 8 * 1024**2
    found = drop_page_cache(True)
    kind = subprocess.run(
        ["stat", "--file-system", "--format", "%T", str(tmp_path)], capture_output=True, check=True
    ).stdout.strip()
    if found.dropped and kind != b"tmpfs":  # whose pages are the file
        assert resident_bytes(file) == 0
    elif not found.dropped:
        assert found.reason
        assert resident_bytes(file) == before
