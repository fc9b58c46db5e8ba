"""Ends a loopback registry, and finds those that a killed command left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from builders.maker import has_ended, mark

PREFIX = "registry-"  # of folders: `registry-MARK-NUMBER`, the mark being its maker's
END_TIMEOUT_S = 10.0
PROC = Path("/proc")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that we started; it is killed when it doesn't end in time."""
    process.terminate()
    try:
        process.wait(END_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def remove_left(parent: Path) -> int:
    """End the registries whose maker is surely gone, and remove their data; how many they were."""
    left = [
        folder
        for folder in parent.resolve().glob(f"{PREFIX}*")
        if has_ended(folder.name[len(PREFIX) :].rpartition("-")[0])
    ]
    for folder in left:
        for pid in _serving(folder):
            _end_left(pid)
        shutil.rmtree(folder, ignore_errors=True)  # another command may be removing it too
    return len(left)


def _serving(folder: Path) -> Iterator[int]:
    """Processes whose command line names this folder's configuration, which is its alone."""
    wanted = str(folder / "config.yml").encode()
    for entry in PROC.glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if words[1:3] == [b"serve", wanted]:
                yield int(entry.name)


def _end_left(pid: int) -> None:
    """End a process that isn't our child; its mark says whether it is still the same one."""
    found, deadline = mark(pid), time.monotonic() + END_TIMEOUT_S
    for number in (signal.SIGTERM, signal.SIGKILL):
        while mark(pid) == found != "" and time.monotonic() < deadline:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            time.sleep(0.05)
        deadline += END_TIMEOUT_S
