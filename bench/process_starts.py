"""When a process began, from the kernel: the engine's own stamp lies up to 10 ms after it.

Linux tells every exec with its CLOCK_MONOTONIC over a netlink socket (the process connector,
linux/cn_proc.h). Before Linux 6.6 only root may listen; in a container nobody hears anything.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Iterator
from typing import Optional

_CONNECTOR = 11  # NETLINK_CONNECTOR
_PROCESSES = 1  # CN_IDX_PROC and CN_VAL_PROC
_LISTEN, _IGNORE = 1, 2
_DONE = 3  # NLMSG_DONE, the type that connector messages carry
_EXEC = 2  # PROC_EVENT_EXEC
_FORCED_BUFFER = 33  # SO_RCVBUFFORCE
_BUFFER_BYTES = 8 * 1024**2  # some ten thousand events, as nobody reads during a start

_REQUEST = struct.Struct("=IHHII IIIIHH I")  # nlmsghdr, cn_msg, operation
_EVENT = struct.Struct("=II Q II")  # what, cpu, timestamp_ns, process_pid, process_tgid
_EVENT_OFFSET = 36  # behind nlmsghdr and cn_msg


class ProcessStarts:
    """What the kernel told since listening began; nothing where it doesn't let us listen."""

    def __init__(self, connection: Optional[socket.socket] = None) -> None:
        self._connection = connection
        self._first_exec_ns: dict[int, int] = {}

    def began_ns(self, pid: int) -> Optional[int]:
        """The first exec of this process since listening began; None where it wasn't told."""
        for datagram in self._pending():
            event = exec_event(datagram)
            if event is not None:
                self._first_exec_ns.setdefault(*event)
        return self._first_exec_ns.get(pid)

    def _pending(self) -> Iterator[bytes]:
        # Reading ends with BlockingIOError, or where events were lost with ENOBUFS.
        with contextlib.suppress(OSError):
            while self._connection is not None:
                yield self._connection.recv(4096)


@contextlib.contextmanager
def listening(wanted: bool) -> Iterator[ProcessStarts]:
    """Listen while the block runs.

    Args:
        wanted: False where the processes of interest run on another kernel.
    """
    with contextlib.ExitStack() as stack:
        connection = None
        if wanted:
            with contextlib.suppress(OSError):
                connection = stack.enter_context(_connected())
        yield ProcessStarts(connection)


@contextlib.contextmanager
def _connected() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _CONNECTOR) as connection:
        connection.bind((0, _PROCESSES))
        connection.setblocking(False)
        with contextlib.suppress(OSError):  # the usual size does unless the machine is very busy
            connection.setsockopt(socket.SOL_SOCKET, _FORCED_BUFFER, _BUFFER_BYTES)
        connection.send(_request(_LISTEN))
        try:
            yield connection
        finally:
            # Older kernels would go on producing events for a socket that is merely closed.
            with contextlib.suppress(OSError):
                connection.send(_request(_IGNORE))


def _request(operation: int) -> bytes:
    header = (_REQUEST.size, _DONE, 0, 0, os.getpid())
    return _REQUEST.pack(*header, _PROCESSES, _PROCESSES, 0, 0, 4, 0, operation)


def exec_event(datagram: bytes) -> Optional[tuple[int, int]]:
    """The process and time (ns of CLOCK_MONOTONIC) of an exec; None for any other datagram."""
    if len(datagram) < _EVENT_OFFSET + _EVENT.size:
        return None
    what, _cpu, timestamp_ns, _thread, process = _EVENT.unpack_from(datagram, _EVENT_OFFSET)
    return (process, timestamp_ns) if what == _EXEC else None
