"""Lines over a socket pair, with this test as the engine's end."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from builders import attached_stream
from builders.attached_stream import AttachedStream
from builders.errors import SessionFailed


@pytest.fixture
def ends() -> Iterator[tuple[AttachedStream, socket.socket]]:
    ours, engines = socket.socketpair()
    with engines, ours:
        yield AttachedStream(ours, "container abc", ours.close), engines


def _send(engines: socket.socket, data: bytes) -> None:
    engines.sendall(struct.pack(">BxxxL", 1, len(data)) + data)


def test_lines_are_read_until_the_end(ends: tuple[AttachedStream, socket.socket]) -> None:
    stream, engines = ends
    _send(engines, b"one\ntwo\nrest")
    engines.shutdown(socket.SHUT_WR)

    texts = [line.text if (line := stream.read_line(5)) else None for _ in range(5)]

    assert texts == ["one", "two", "rest", None, None]


def test_a_late_line_is_read_after_a_timeout(ends: tuple[AttachedStream, socket.socket]) -> None:
    stream, engines = ends
    _send(engines, b"begin")
    with pytest.raises(SessionFailed, match=r"container abc: it wrote no line within 0\.01 s; run"):
        stream.read_line(0.01)
    _send(engines, b"ning\n")
    line = stream.read_line(5)
    assert line is not None
    assert line.text == "beginning"


def test_what_is_written_arrives_and_closing_input_ends_it(
    ends: tuple[AttachedStream, socket.socket],
) -> None:
    stream, engines = ends
    stream.write_line("grüße")
    stream.close_input()
    assert engines.recv(100) == "grüße\n".encode()
    assert engines.recv(100) == b""
    with pytest.raises(SessionFailed, match="standard input is closed"):
        stream.write_line("more")


def test_a_container_that_takes_no_input_is_told(
    ends: tuple[AttachedStream, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attached_stream, "WRITE_TIMEOUT_S", 0.01)
    stream, _ = ends
    with pytest.raises(SessionFailed, match=r"took no input for 0\.01 s"):
        stream.write_line("x" * 10_000_000)


def test_a_connection_that_breaks_is_told() -> None:
    linger_not_at_all = struct.pack("ii", 1, 0)
    listener = socket.create_server(("127.0.0.1", 0))
    ours = socket.create_connection(listener.getsockname())
    engines, _ = listener.accept()
    engines.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not_at_all)
    engines.close()
    listener.close()
    with pytest.raises(SessionFailed, match="its output broke off"):
        AttachedStream(ours, "container abc", ours.close).read_line(5)
    ours.close()


def test_a_closed_stream_has_ended(ends: tuple[AttachedStream, socket.socket]) -> None:
    stream, engines = ends
    stream.close()
    assert stream.read_line(5) is None
    assert engines.recv(1) == b""
    stream.close_input()  # no error
