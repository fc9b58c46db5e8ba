from __future__ import annotations

import gzip
import io
import random
import tarfile
import tracemalloc
import zlib
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_archives import (
    digest,
    files,
    folder,
    in_pieces,
    link,
    oci_layout,
    old_style,
    program,
    tar_of,
)

from bench.inspection import layer_contents
from bench.inspection import layers as layers_module
from bench.inspection.archive_stream import MAX_HEADER_BYTES
from bench.inspection.entry import Entry
from bench.inspection.gzip_size import CHUNK_BYTES
from bench.inspection.layer_contents import LayerContents
from bench.inspection.layers import BrokenLayer, Document, ScannedLayer, scan_archive
from builders.errors import EngineError

LOWER = tar_of(program("bin/sh"), program("usr/bin/vim"), program("etc/passwd", 0o644))
UPPER = tar_of(program("usr/bin/.wh.vim", 0o644), folder("opt"), link("bin/ash", "sh"))


def read(archive: bytes, piece_bytes: int = 1000, *, compress: bool = False) -> list[ScannedLayer]:
    layers = []
    for item in scan_archive(in_pieces(archive, piece_bytes), "tested", compress=compress):
        if isinstance(item, BrokenLayer):
            raise item.error
        if isinstance(item, ScannedLayer):
            layers.append(item)
    return layers


def scan(archive: bytes, piece_bytes: int = 1000) -> list[LayerContents]:
    return [layer.contents for layer in read(archive, piece_bytes)]


def compressed(archive: bytes, piece_bytes: int = 1000) -> list[Optional[int]]:
    return [layer.compressed_bytes for layer in read(archive, piece_bytes, compress=True)]


def entries(*members: tarfile.TarInfo) -> tuple[Entry, ...]:
    return scan(old_style(tar_of(*members)))[0].entries


@pytest.mark.parametrize(
    "archive",
    [
        old_style(LOWER, UPPER),
        oci_layout(LOWER, UPPER),
        oci_layout(LOWER, UPPER, compressed=True),
    ],
    ids=["20.10", "oci", "oci-gzip"],
)
@pytest.mark.parametrize("piece_bytes", [1, 511, 1 << 20])
def test_layers_are_the_same_in_every_layout_and_chunking(archive: bytes, piece_bytes: int):
    layers = {layer.diff_id: layer for layer in scan(archive, piece_bytes)}
    assert set(layers) == {digest(LOWER), digest(UPPER)}
    assert layers[digest(LOWER)].size_bytes == len(LOWER)
    assert [(entry.path, entry.kind) for entry in layers[digest(LOWER)].entries] == [
        ("bin/sh", "file"),
        ("usr/bin/vim", "file"),
        ("etc/passwd", "file"),
    ]
    assert layers[digest(UPPER)].entries == (
        Entry("usr/bin/vim", "removed"),
        Entry("opt", "folder", 0o755),
        Entry("bin/ash", "symlink", 0o755, target="sh"),
    )


def test_compressed_size_is_that_of_gzip():
    layer = files({"text": b"the same words again and again " * 1000})
    assert compressed(old_style(layer)) == [len(zlib_gzip(layer))]


def test_compressed_size_of_many_chunks_is_the_sum_of_theirs():
    layer = files({"noise": random.Random(1).randbytes(2 * CHUNK_BYTES + 100_000)})
    expected = sum(len(zlib_gzip(chunk)) for chunk in in_pieces(layer, CHUNK_BYTES))
    assert compressed(old_style(layer), 512) == [expected]


def test_a_layer_of_whole_chunks_has_no_empty_last_one():
    layer = files({"zeros": bytes(CHUNK_BYTES - 1024)})
    layer = layer[:CHUNK_BYTES]
    assert compressed(old_style(layer), 512) == [len(zlib_gzip(layer))]


def zlib_gzip(data: bytes) -> bytes:
    compressor = zlib.compressobj(5, wbits=31, memLevel=9)
    return compressor.compress(data) + compressor.flush()


def test_the_digest_covers_the_padding_after_the_end():
    padded = LOWER + bytes(40960)
    (layer,) = scan(old_style(padded))
    assert (layer.diff_id, layer.size_bytes) == (digest(padded), len(padded))


def test_an_empty_layer_and_one_without_end_mark_are_layers():
    empty, unended = bytes(1024), tar_of(program("bin/sh")).rstrip(b"\0").ljust(512, b"\0")
    assert {layer.diff_id for layer in scan(old_style(empty, unended))} == {
        digest(empty),
        digest(unended),
    }


def test_gzip_of_several_members_is_read_to_the_end():
    packed = gzip.compress(LOWER[:700]) + gzip.compress(LOWER[700:])
    assert scan(files({"blobs/sha256/ab": packed}))[0].diff_id == digest(LOWER)


def test_a_link_to_a_layer_is_passed_over():
    archive = io.BytesIO(old_style(LOWER))
    with tarfile.open(fileobj=archive, mode="a") as tar:
        tar.addfile(link("f" * 64 + "/layer.tar", "../0/layer.tar"))
    assert [layer.diff_id for layer in scan(archive.getvalue())] == [digest(LOWER)]


def test_skipped_members_are_not_read():
    first = f"{0:064x}/layer.tar"
    found = list(scan_archive([old_style(LOWER, UPPER)], "tested", skip={first}))
    layers = [item for item in found if isinstance(item, ScannedLayer)]
    assert [layer.contents.diff_id for layer in layers] == [digest(UPPER)]
    assert [item.name for item in found if isinstance(item, Document)] == [
        "0" * 63 + "a.json",
        "manifest.json",
    ]


def test_entries_are_what_the_final_file_system_needs():
    noted = entries(
        folder("./"),
        folder("usr/sbin"),
        program("/usr/sbin/plain", 0o644),
        program("usr/share/gcc-12"),
        link("lib", "usr/lib"),
        link("usr/bin/g++", "usr/bin/gcc", hard=True),
        program("opt/.wh..wh..opq", 0o644),
        program(".wh..wh.plnk", 0o644),
        program(".wh.srv", 0o644),
    )
    assert noted == (
        Entry("", "folder", 0o755),
        Entry("usr/sbin", "folder", 0o755),
        Entry("usr/sbin/plain", "file", 0o644),
        Entry("usr/share/gcc-12", "file", 0o755),
        Entry("lib", "symlink", 0o755, target="usr/lib"),
        Entry("usr/bin/g++", "hardlink", 0o755, target="usr/bin/gcc"),
        Entry("opt", "opaque"),
        Entry("srv", "removed"),
    )


def test_a_name_that_is_not_utf_8_can_be_written_as_json():
    member = program("bin/x")
    raw = tar_of(member).replace(b"bin/x", b"bin/\xff", 1)
    header = bytearray(raw[:512])
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    (layer,) = scan(old_style(bytes(header) + raw[512:]))
    assert "\\xff" in layer.entries[0].path
    assert LayerContents.model_validate_json(layer.model_dump_json()) == layer


LAYER = "tested, layer 0000000000"


def claiming(size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """A member's header that claims a size, with nothing behind it."""
    member = program("0/layer.tar")
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    ("archive", "where", "what"),
    [
        (b"", "tested", "it is empty"),
        (b"no archive at all" * 100, "tested", "it isn't a tar archive"),
        (old_style(LOWER)[:2000], "tested", "the archive ends early"),
        (files({"manifest.json": b"[]"})[:1024], "tested", "the archive is cut off"),
        (files({"a": b"b"})[:1024] + b"\7" * 512, "tested", "cut off or has a damaged header"),
        (claiming(1 << 62), "tested", "the archive ends early"),
        (claiming(-(1 << 40)) + bytes(2048), "tested", "a member has an impossible size"),
        (claiming(1 << 40, tarfile.GNUTYPE_LONGNAME), "tested", f"claims {1 << 40} bytes"),
        (claiming(-1, tarfile.XHDTYPE), "tested", "extended header has an impossible size"),
        (claiming(MAX_HEADER_BYTES * 2, tarfile.XHDTYPE), "tested", "an archive header claims"),
        (claiming(0, tarfile.GNUTYPE_LONGNAME) * 5000, "tested", "the archive is cut off"),
        (old_style(LOWER[:512] + claiming(-512) + bytes(2048)), LAYER, "impossible size"),
        (old_style(claiming(-512) + bytes(2048)), LAYER, "impossible size"),
        (old_style(tar_of(program("a/../../etc/passwd"))), LAYER, "leaves the image"),
        (old_style(tar_of(link("a", "../b", hard=True))), LAYER, "'../b' leaves the image"),
        (old_style(tar_of(program("a/.wh..", 0o644))), LAYER, "whiteout a/.wh.. names no file"),
        (old_style(tar_of(program("a/.wh.", 0o644))), LAYER, "whiteout a/.wh. names no file"),
        (old_style(tar_of(program("b" * 4097))), LAYER, "a path is longer than 4096 bytes (bbb"),
        (old_style(tar_of(link("a", "b" * 4097))), LAYER, "target is longer than 4096 bytes"),
        (old_style(LOWER[:512] + b"\x07" * 1024), LAYER, "cut off or has a damaged header"),
        (old_style(b"ustar".rjust(262) + bytes(512)), LAYER, "it isn't a tar archive"),
        (files({"a": gzip.compress(LOWER)[:-20]}), "tested, layer a", "it ends early"),
        (files({"a": gzip.compress(LOWER)[:20] + b"\xff" * 99}), "layer a", "be decompressed"),
        (files({"a": b"\x28\xb5\x2f\xfd" + b"\xff" * 600}), "layer a", "be decompressed"),
        (files({"a": b"1" * (9 << 20)}), "layer a", "it isn't a tar archive"),
    ],
)
def test_a_broken_archive_ends_in_a_sentence(archive: bytes, where: str, what: str):
    with pytest.raises(EngineError) as caught:
        scan(archive)
    assert what in caught.value.what
    assert where in caught.value.where
    assert caught.value.next_step == "save the image again, and rebuild it if that doesn't help"
    assert len(str(caught.value)) < 500


def test_a_broken_layer_leaves_the_others():
    broken = tar_of(program("a/../b"))
    found = list(scan_archive([old_style(LOWER, broken, UPPER)], "tested"))
    assert [item.member[:64] for item in found if isinstance(item, BrokenLayer)] == [f"{1:064x}"]
    layers = [item.contents for item in found if isinstance(item, ScannedLayer)]
    assert [layer.diff_id for layer in layers] == [digest(LOWER), digest(UPPER)]
    assert [item.name for item in found if isinstance(item, Document)][-1] == "manifest.json"


def test_names_beyond_any_image_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(layer_contents, "ROOM_BYTES", 1 << 20)
    many = tar_of(*(program(f"{number:0200}") for number in range(3000)))
    what = "tested: its paths and package lists take more than 1 MiB"
    with pytest.raises(EngineError, match=what):
        scan(old_style(many))
    with pytest.raises(EngineError, match=what):  # those of documents count, too
        scan(files({f"{number:0200}": b"{}" for number in range(3000)}))
    status = b"Package: a\n" * 100_000
    with pytest.raises(EngineError, match=what):
        scan(old_style(files({"var/lib/dpkg/status": status})))


def test_a_name_cannot_write_to_the_terminal():
    with pytest.raises(EngineError) as caught:
        scan(files({"a\n\x1b[31m": gzip.compress(LOWER)[:-20]}))
    assert str(caught.value).isprintable()
    with pytest.raises(EngineError) as caught:
        scan(old_style(tar_of(program("../\x1b[31m"))))
    assert str(caught.value).isprintable()


GOOD = old_style(LOWER, UPPER)


@given(place=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255), end=st.integers(0, 20_000))
def test_any_damage_is_read_or_told(place: int, byte: int, end: int):
    damaged = bytearray(GOOD)
    damaged[place] = byte
    try:
        layers = scan(bytes(damaged[: len(GOOD) - end]), 4096)
    except EngineError:
        return
    assert all(layer.diff_id.startswith("sha256:") for layer in layers)


def test_memory_stays_bounded_however_large_a_layer_inflates(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(layers_module, "MAX_WORKERS", 1)  # the bound grows with the cores
    bomb = files({"blobs/sha256/ab": gzip.compress(bytes(128 << 20), 9)})
    tracemalloc.start()
    (layer,) = scan(bomb, 1 << 20)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert layer.size_bytes == 128 << 20
    assert peak_bytes < 64 << 20
