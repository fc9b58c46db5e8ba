"""Exec events of the kernel: their form, and on Linux the real ones."""

from __future__ import annotations

import errno
import struct
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.process_starts import ProcessStarts, exec_event, listening

FORK, EXEC = 1, 2


def datagram(what: int, timestamp_ns: int, pid: int) -> bytes:
    headers = bytes(36)
    return headers + struct.pack("=IIQII", what, 0, timestamp_ns, pid, pid) + bytes(16)


class Kernel:
    """A socket that has these datagrams, and then nothing or an error."""

    def __init__(self, *datagrams: bytes, error: int = errno.EAGAIN) -> None:
        self._datagrams = list(datagrams)
        self._error = error

    def recv(self, size: int) -> bytes:
        if not self._datagrams:
            raise OSError(self._error, "nothing more")
        return self._datagrams.pop(0)[:size]


@given(timestamp_ns=st.integers(0, 2**64 - 1), pid=st.integers(0, 2**32 - 1))
def test_reads_an_exec(timestamp_ns, pid):
    assert exec_event(datagram(EXEC, timestamp_ns, pid)) == (pid, timestamp_ns)
    assert exec_event(datagram(FORK, timestamp_ns, pid)) is None


@given(st.binary(max_size=59))
def test_passes_over_what_is_too_short(data):
    assert exec_event(data) is None


def test_first_exec_counts():
    # A container whose entry point is a shell script execs again.
    starts = ProcessStarts(
        Kernel(datagram(FORK, 5, 7), datagram(EXEC, 10, 7), datagram(EXEC, 20, 7))
    )
    assert starts.began_ns(7) == 10
    assert starts.began_ns(7) == 10
    assert starts.began_ns(8) is None


def test_lost_events_give_no_start():
    assert ProcessStarts(Kernel(error=errno.ENOBUFS)).began_ns(7) is None


def test_knows_nothing_where_it_isnt_wanted():
    with listening(False) as starts:
        assert starts.began_ns(1) is None


@pytest.mark.process
@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells execs")
def test_the_kernel_tells_when_a_process_began():
    with listening(True) as starts:
        before_ns = time.monotonic_ns()
        with subprocess.Popen([sys.executable, "-c", ""]) as process:
            process.wait()
        after_ns = time.monotonic_ns()
        began_ns = starts.began_ns(process.pid)
    if began_ns is None:
        pytest.skip("this kernel tells execs to root alone, and to nobody in a container")
    assert before_ns < began_ns < after_ns
