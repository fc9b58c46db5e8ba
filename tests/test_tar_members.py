"""Tar headers: what Python's tarfile writes is read back, and what GNU tar and Go write, too."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_archives import in_pieces

from bench.inspection.archive_stream import ForwardFile
from bench.inspection.entry import Entry, entry_of
from bench.inspection.tar_header import is_header
from bench.inspection.tar_members import Member, members
from builders.errors import EngineError


def read(archive: bytes, piece_bytes: int = 700) -> list[Member]:
    return list(members(ForwardFile(in_pieces(archive, piece_bytes), "tested"), must_end=True))


def entries(archive: bytes) -> list[Optional[Entry]]:
    return [entry_of(member, "tested") for member in read(archive)]


def packed(*headers: tarfile.TarInfo, form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for header in headers:
            tar.addfile(header, io.BytesIO(bytes(header.size)))
    return out.getvalue()


def file(name: str, size: int = 0, pax: Optional[Mapping[str, str]] = None) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size = size
    header.pax_headers = dict(pax or {})
    return header


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=150)


@st.composite
def headers(draw: st.DrawFn) -> tarfile.TarInfo:
    header = tarfile.TarInfo(draw(st.lists(NAMES, min_size=1, max_size=3).map("/".join)))
    header.type = draw(st.sampled_from([b"0", b"0", b"7", b"1", b"2", b"3", b"4", b"5", b"6"]))
    header.size = draw(st.integers(0, 2000)) if header.type in b"07" else 0
    header.linkname = draw(NAMES) if header.type in b"12" else ""
    header.mode = draw(st.integers(0, 0o7777))
    header.uid = draw(st.integers(0, 2**32))
    header.gid = draw(st.integers(0, 2**21))
    header.mtime = draw(st.integers(-(2**33), 2**34))
    return header


@given(
    st.lists(headers(), max_size=4),
    st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
    st.integers(1, 2000),
)
def test_what_tarfile_writes_is_read_back(
    written: list[tarfile.TarInfo], form: int, piece_bytes: int
):
    found = read(packed(*written, form=form), piece_bytes)
    assert [
        (one.name.rstrip("/"), one.target, one.size_bytes, one.mode, one.uid, one.gid, one.mtime_s)
        for one in found
    ] == [
        (one.name, one.linkname, one.size, one.mode, one.uid, one.gid, one.mtime) for one in written
    ]
    assert [one.kind for one in found] == [
        b"0" if one.type == b"7" else one.type for one in written
    ]


def test_long_ustar_names_are_split_over_two_fields():
    name = "/".join(["folder-name"] * 15) + "/x"
    assert [one.name for one in read(packed(file(name), form=tarfile.USTAR_FORMAT))] == [name]


def test_times_in_an_old_gnu_header_are_no_part_of_the_name():
    header = bytearray(file("name").tobuf(tarfile.GNU_FORMAT))
    header[345:369] = b"14000000000\0" * 2  # access and change time, where POSIX has a prefix
    assert [one.name for one in read(summed(header) + bytes(1024))] == ["name"]


def summed(header: bytes) -> bytes:
    changed = bytearray(header)
    changed[148:156] = b" " * 8
    changed[148:156] = b"%06o\0 " % sum(changed)
    return bytes(changed)


def test_v7_folders_end_in_a_slash():
    header = bytearray(512)
    header[:2], header[100:107] = b"a/", b"0000755"
    assert is_header(summed(header))
    assert [one.kind for one in read(summed(header) + bytes(1024))] == [b"5"]


def test_a_sum_of_signed_bytes_is_right_too():
    header = bytearray(file("b\u00fcro").tobuf(tarfile.GNU_FORMAT))
    signed = sum(byte - 256 * (byte > 127) for byte in header[:148] + b" " * 8 + header[156:])
    header[148:156] = b"%06o\0 " % signed
    assert is_header(bytes(header))
    header[0] ^= 1
    assert not is_header(bytes(header))


def test_a_name_that_is_not_utf_8_stays_readable():
    header = bytearray(file("name").tobuf(tarfile.GNU_FORMAT))
    header[:4] = b"n\xffm\xe9"
    assert [one.name for one in read(summed(header) + bytes(1024))] == [r"n\xffm\xe9"]


def test_pax_records_count_and_empty_ones_do_not():
    pax = {"path": "longer", "uid": "70000", "gid": "", "mtime": "1700000000.9", "comment": "\n=1"}
    (one,) = read(packed(file("short", pax=pax)))
    assert (one.name, one.uid, one.gid, one.mtime_s) == ("longer", 70000, 0, 1700000000)


def test_a_capability_is_noted():
    pax = {"SCHILY.xattr.security.capability": "\x01\0\0\x02"}
    plain, capable = entries(packed(file("a"), file("b", pax=pax)))
    assert plain is not None
    assert capable is not None
    assert (plain.capability, capable.capability) == (False, True)


def test_global_headers_say_nothing_of_members():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", pax_headers={"path": "all", "uid": "7"}) as tar:
        tar.addfile(file("a"))
        tar.addfile(file("b"))
    assert [(one.name, one.uid) for one in read(out.getvalue())] == [("a", 0), ("b", 0)]


def test_a_size_beyond_eight_gib_is_read():
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        archive = file("huge", 20 << 30).tobuf(form)
        with pytest.raises(EngineError, match="the archive ends early"):
            read(archive)
        first = next(members(ForwardFile([archive], "tested"), must_end=True))
        assert first.size_bytes == 20 << 30


def test_of_several_extended_headers_the_last_counts():
    archive = b"".join(
        extended(b"x", b"12 path=one\n") + extended(b"x", b"12 path=two\n") for _ in range(2000)
    )
    assert [one.name for one in read(archive + packed(file("a")))] == ["two"]
    longs = (
        extended(b"L", b"three\0") + extended(b"K", b"four\0") + extended(b"x", b"12 path=two\n")
    )
    (one,) = read(longs + packed(file("a")))
    assert (one.name, one.target) == ("three", "four")


def extended(kind: bytes, data: bytes) -> bytes:
    header = file("././@LongLink", len(data))
    header.type = kind
    return header.tobuf(tarfile.GNU_FORMAT) + data.ljust(-(-len(data) // 512) * 512, b"\0")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"11 path=one\n", "an extended header is damaged"),
        (b"999 path=one\n", "an extended header is damaged"),
        (b"path=one\n", "an extended header is damaged"),
        (b"6 =one\n", "an extended header is damaged"),
        (b"3 a=\n", "an extended header is damaged"),
        (b"0 a=\n", "an extended header is damaged"),
        (b"14 size=12x34\n", "the extended header's size is no number"),
        (b"11 size=-1\n", "a member has an impossible size"),
        (b"30 size=99999999999999999999\n", "an extended header is damaged"),
        (b"29 size=99999999999999999999\n", "the extended header's size is no number"),
        (b"12 uid=1e400\n", "an extended header is damaged"),
        (b"13 uid=1e4000\n", "an extended header is damaged"),
        (b"22 GNU.sparse.size=-5\n", "a member has an impossible size"),
    ],
)
def test_a_damaged_extended_header_is_told(data: bytes, what: str):
    with pytest.raises(EngineError) as caught:
        read(extended(b"x", data) + packed(file("a")))
    assert caught.value.what == f"the archive can't be read ({what})"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (slice(100, 108), b"8000000\0"),
        (slice(108, 116), b"0x1\0\0\0\0\0"),
        (slice(124, 136), b"1_0\0\0\0\0\0\0\0\0\0"),
        (slice(124, 136), b"\x80" + b"\x7f" * 11),
        (slice(136, 148), b"-1\0\0\0\0\0\0\0\0\0\0"),
    ],
)
def test_a_broken_number_is_told(field: slice, value: bytes):
    header = bytearray(file("a").tobuf(tarfile.GNU_FORMAT))
    header[field] = value
    first = packed(file("first"))[:512]
    with pytest.raises(EngineError, match="cut off or has a damaged header"):
        read(first + summed(header) + bytes(1024))


def test_negative_times_are_read():
    header = bytearray(file("a").tobuf(tarfile.GNU_FORMAT))
    header[136:148] = b"\xff" * 12
    assert [one.mtime_s for one in read(summed(header) + bytes(1024))] == [-1]


def test_members_of_unknown_kinds_are_passed_over_with_their_content():
    odd = file("volume", 700)
    odd.type = b"V"
    assert entries(packed(odd, file("a")))[0] is None
    assert [one.name for one in read(packed(odd, file("a")))] == ["volume", "a"]


SPARSE_FORMS = {
    "gnu": ("--format=gnu",),
    "0.0": ("--format=posix", "--sparse-version=0.0"),
    "0.1": ("--format=posix", "--sparse-version=0.1"),
    "1.0": ("--format=posix", "--sparse-version=1.0"),
}
NAMES_OF_SPARSE = ["before", "sparse", "s" * 120, "after"]


@pytest.mark.process
@pytest.mark.parametrize("form", SPARSE_FORMS)
@pytest.mark.parametrize("holes", [3, 60])
def test_sparse_files_have_their_full_size(tmp_path: Path, form: str, holes: int):
    """GNU tar's own archives; 60 holes need more headers than one block has room for."""
    program = shutil.which("tar")
    if program is None:
        pytest.skip("needs GNU tar")
    for name in NAMES_OF_SPARSE:
        with (tmp_path / name).open("wb") as out:
            for number in range(holes if name not in {"before", "after"} else 0):
                out.seek(number << 20)
                out.write(b"data")
            out.truncate((holes << 20) + 5 if out.tell() else 0)
    done = subprocess.run(
        [program, "--sparse", *SPARSE_FORMS[form], "-cf", "-", *NAMES_OF_SPARSE],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    found = entries(done.stdout)
    assert len(done.stdout) < 2 << 20  # or it wasn't sparse
    size_bytes = (holes << 20) + 5
    assert [(one.path, one.size_bytes) for one in found if one is not None] == [
        ("before", 0),
        ("sparse", size_bytes),
        ("s" * 120, size_bytes),
        ("after", 0),
    ]
    assert [one.sparse for one in read(done.stdout)] == [False, True, True, False]
    assert all(one is not None and not one.digest for one in found)
