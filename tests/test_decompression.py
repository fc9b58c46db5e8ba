from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from image_archives import gzipped, zstd, zstd_frames
from layer_archives import files, in_pieces

from bench.inspection import decompression
from bench.inspection.archive_stream import Piece
from bench.inspection.decompression import Growth, is_compressed, plain
from bench.inspection.layers import BrokenLayer, scan_archive
from builders.errors import EngineError


def inflated(pieces: Iterable[Piece]) -> bytes:
    growth = Growth()
    return b"".join(plain(growth.read(pieces), "tested", growth))


def two_gzip_members(data: bytes) -> bytes:
    return gzipped(data[: len(data) // 3]) + gzipped(data[len(data) // 3 :]) + bytes(512)


PACKINGS = (bytes, gzipped, two_gzip_members, zstd, zstd_frames)


@given(
    data=st.binary(max_size=3000).filter(lambda data: not is_compressed(data)),
    repeated=st.integers(1, 2000),
    pack=st.sampled_from(PACKINGS),
    piece_bytes=st.integers(1, 5000),
)
def test_what_was_packed_comes_out(
    data: bytes, repeated: int, pack: Callable[[bytes], bytes], piece_bytes: int
):
    packed = pack(data * repeated)
    assert is_compressed(packed) == (pack is not bytes)
    pieces = [packed] if len(packed) > 100_000 else in_pieces(packed, piece_bytes)
    assert inflated(pieces) == data * repeated


@pytest.mark.parametrize(
    ("packed", "what"),
    [
        (gzipped(b"data")[:-1], "it ends early"),
        (gzipped(b"data")[:5], "it ends early"),
        (gzipped(b"data") + b"garbage", "incorrect header check"),
        (gzipped(b"data")[:-8] + bytes(8), "incorrect data check"),
        (gzipped(b"data")[:3] + b"\xff" * 20, "header flags"),
        (zstd(b"data") + b"garbage", "Unknown frame descriptor"),
        (zstd(b"data")[:4] + b"\xff" * 20, "zstd decompress error"),
        (b"\x28\xb5\x2f\xfd\x00\xff" + bytes(20), "too much memory"),
    ],
)
def test_damage_is_told(packed: bytes, what: str):
    with pytest.raises(EngineError) as caught:
        inflated([packed])
    assert caught.value.what.startswith("it can't be decompressed (")
    assert what in caught.value.what


def test_a_zstd_stream_that_ends_early_just_ends():
    """So that its archive ends early, or its digest is another one."""
    packed = zstd(bytes(range(256)) * 2000)
    assert len(inflated([packed[:-1]])) <= 256 * 2000


def bomb(pack: Callable[[], Iterator[bytes]]) -> bytes:
    return b"".join(pack())


def gzip_zeros(size_bytes: int) -> Iterator[bytes]:
    packer = zlib.compressobj(9, wbits=31)
    for _ in range(size_bytes >> 20):
        yield packer.compress(bytes(1 << 20))
    yield packer.flush()


def zstd_zeros(size_bytes: int) -> Iterator[bytes]:
    packer = zstandard.ZstdCompressor().compressobj()
    for _ in range(size_bytes >> 20):
        yield packer.compress(bytes(1 << 20))
    yield packer.flush()


@pytest.mark.parametrize("zeros", [gzip_zeros, zstd_zeros])
def test_memory_stays_bounded_whatever_a_stream_inflates_to(zeros):
    packed = bomb(lambda: zeros(256 << 20))
    assert len(packed) < 1 << 20
    growth = Growth()
    tracemalloc.start()
    size_bytes = sum(map(len, plain(growth.read([packed]), "tested", growth)))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size_bytes == 256 << 20
    assert peak_bytes < 16 << 20


def test_nothing_inflates_beyond_what_gzip_can(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decompression, "FREE_BYTES", 1 << 20)
    packed = bomb(lambda: gzip_zeros(64 << 20))
    assert len(inflated([packed])) == 64 << 20  # gzip's utmost is allowed
    with pytest.raises(EngineError, match=r"it inflates to more than 1,100 times its size"):
        inflated([bomb(lambda: zstd_zeros(256 << 20))])


def test_what_is_compressed_within_itself_inflates_no_further(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decompression, "FREE_BYTES", 1 << 20)
    layer = bomb(lambda: gzip_zeros(256 << 20))
    twice = gzip.compress(files({"blobs/sha256/a": layer * 4}))
    (found,) = scan_archive([twice], "tested")
    assert isinstance(found, BrokenLayer)
    assert "it inflates to more than 1,100 times its size" in str(found.error)
