"""Ends a second engine, and finds those that a killed command left."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from builders.maker import has_ended

PREFIX = "engine-"  # of folders: `engine-MARK-NUMBER`, the mark being its maker's
RUN = Path("/run")  # sockets must have short paths
END_TIMEOUT_S = 20.0
PROC = Path("/proc")


def run_folder(folder: Path) -> Path:
    """Where the engine of a folder has its sockets."""
    return RUN / f"slimbench-{folder.name.rpartition('-')[2]}"


def end(folder: Path) -> None:
    """Kill the engine of a folder, with all that runs in its namespaces, and wait for its end.

    Its data is removed anyway, so that nothing needs an orderly end. `unshare` is left to end by
    itself: it waits for the first process of the namespaces, and that one's end for all others'.
    """
    deadline = time.monotonic() + END_TIMEOUT_S
    while running := dict(_running(folder)):
        is_late = time.monotonic() > deadline
        for pid, program in running.items():
            if program != b"unshare" or is_late:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        if is_late:
            return
        time.sleep(0.02)


def remove_left(parent: Path) -> int:
    """End the engines whose maker is surely gone, and remove their data; how many they were."""
    left = [
        folder
        for folder in parent.resolve().glob(f"{PREFIX}*")
        if has_ended(folder.name[len(PREFIX) :].rpartition("-")[0])
    ]
    for folder in left:
        end(folder)
        # Another command may be removing them too.
        shutil.rmtree(run_folder(folder), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


def _running(folder: Path) -> Iterator[tuple[int, bytes]]:
    """Processes whose command line has this folder's engine, which is its alone; their programs."""
    wanted = f"--data-root={folder / 'data'}".encode()
    for entry in PROC.glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if wanted in words:
                yield int(entry.name), words[0].rpartition(b"/")[2]
