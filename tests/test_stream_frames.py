"""Frames and lines, wherever the reads are cut."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.container_stream import OutputLine
from builders.errors import SessionFailed
from builders.stream_frames import FrameSplitter, LineAssembler

FRAMES = st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(max_size=40)), max_size=12)
CUTS = st.lists(st.integers(min_value=1, max_value=30), min_size=1, max_size=40)


def _multiplexed(frames: list[tuple[int, bytes]]) -> bytes:
    return b"".join(struct.pack(">BxxxL", number, len(data)) + data for number, data in frames)


def _cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    position = 0
    while position < len(data):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[position : position + size])
        position += size
    return pieces


def _read(reads: list[bytes]) -> list[OutputLine]:
    frames, lines = FrameSplitter(), LineAssembler()
    read: list[OutputLine] = []
    for received_ns, data in enumerate(reads):
        for stream, piece in frames.feed(data):
            read += lines.feed(stream, piece, received_ns)
    return read + lines.finish()


@given(frames=FRAMES, cuts=CUTS)
def test_cuts_change_nothing(frames: list[tuple[int, bytes]], cuts: list[int]) -> None:
    read = _read(_cut(_multiplexed(frames), cuts))
    for number, name in ((1, "stdout"), (2, "stderr")):
        written = b"".join(data for stream, data in frames if stream == number)
        expected = written.split(b"\n")[: None if not written.endswith(b"\n") else -1]
        texts = [line.text for line in read if line.stream == name]
        assert texts == ([line.decode(errors="replace") for line in expected] if written else [])


def test_a_line_is_stamped_when_its_end_is_read() -> None:
    data = _multiplexed([(1, b"early\nla"), (2, b"between\n"), (1, b"te\n")])
    lines = _read([data[:14], data[14:30], data[30:]])
    stamps = [(line.text, line.received_ns) for line in lines]
    assert stamps == [("early", 0), ("between", 2), ("late", 2)]


def test_the_engines_own_message_counts_as_standard_error() -> None:
    (line,) = _read([_multiplexed([(3, b"trouble\n")])])
    assert (line.stream, line.text) == ("stderr", "trouble")


def test_output_without_frames_is_refused() -> None:
    with pytest.raises(SessionFailed, match=r"stream number 104.*give the container no terminal"):
        FrameSplitter().feed(b"hello from a terminal")
