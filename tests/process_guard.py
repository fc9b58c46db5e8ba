"""Catches unit tests that start a process or reach the engine, even where that is swallowed."""

from __future__ import annotations

import os
import sys

import pytest

PROCESS_EVENTS = frozenset(
    {
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.system",
        "pty.spawn",
        "subprocess.Popen",
    }
)
CONFIGURED = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
ENGINE_SOCKETS = ("/var/run/docker.sock", "/run/docker.sock", CONFIGURED[len("unix://") :])


class ProcessGuard:
    """Refuses what its test may not do, while `forbidding` says so; notes each attempt."""

    def __init__(self) -> None:
        self.forbids_processes = False
        self.forbids_engine = False
        self.attempts: list[str] = []
        sys.addaudithook(self._hear)  # audit hooks can't be removed: one for the whole run

    def check(self) -> None:
        """Fail when something was attempted; forgets it."""
        attempts, self.attempts = self.attempts, []
        if attempts:
            pytest.fail(f"this test may not do that: {'; '.join(attempts)}", pytrace=False)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in PROCESS_EVENTS and self.forbids_processes:
            self._refuse(f"it starts a process ({event} {arguments[:1]})")
        elif event == "socket.connect" and self.forbids_engine and _is_engine(arguments[1]):
            self._refuse(f"it connects to the engine ({arguments[1]!r})")

    def _refuse(self, attempt: str) -> None:
        self.attempts.append(attempt)
        pytest.fail(f"{attempt}; mark the test `process`, `engine` or `exporter`")


def _is_engine(address: object) -> bool:
    path = address.decode() if isinstance(address, bytes) else address
    return isinstance(path, str) and path in ENGINE_SOCKETS
