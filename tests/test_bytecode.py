from __future__ import annotations

import importlib.util
import os
import py_compile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.inspection.bytecode import HEAD_BYTES, bytecode
from bench.inspection.content import SMALL_BYTES, NoteTaker
from bench.inspection.notes import Bytecode

MAGIC = importlib.util.MAGIC_NUMBER


def compiled(folder: Path, mtime_s: int, mode: py_compile.PycInvalidationMode) -> bytes:
    source = folder / "module.py"
    source.write_text("answer = 42\n")
    os.utime(source, (mtime_s, mtime_s))
    return Path(py_compile.compile(str(source), invalidation_mode=mode)).read_bytes()


def test_the_interpreters_own_file_names_its_sources_time_and_size(tmp_path: Path):
    data = compiled(tmp_path, 1_700_000_000, py_compile.PycInvalidationMode.TIMESTAMP)
    assert bytecode(data) == Bytecode(
        magic=MAGIC.hex(), hash_based=False, source_mtime_s=1_700_000_000, source_size_bytes=12
    )


@pytest.mark.parametrize("mode", ["CHECKED_HASH", "UNCHECKED_HASH"])
def test_a_hash_based_file_has_neither(tmp_path: Path, mode: str):
    found = bytecode(compiled(tmp_path, 1, py_compile.PycInvalidationMode[mode]))
    assert found == Bytecode(
        magic=MAGIC.hex(), hash_based=True, source_mtime_s=0, source_size_bytes=0
    )


def test_sixteen_bytes_are_enough():
    assert bytecode(MAGIC + bytes(12)) is not None
    assert bytecode(MAGIC + bytes(11)) is None


@pytest.mark.parametrize(
    "data", [b"", b"#!/usr/bin/python3\n", bytes(16), MAGIC + b"\4" + bytes(11)]
)
def test_other_files_and_unknown_flags_are_none(data: bytes):
    assert bytecode(data) is None


@given(st.binary(max_size=HEAD_BYTES + 4))
def test_any_bytes_are_read_or_refused(data: bytes):
    found = bytecode(data)
    assert found is None or 0 <= found.source_mtime_s < 2**32


def test_a_large_file_is_known_though_its_first_piece_is_short():
    data = MAGIC + bytes(SMALL_BYTES)
    taker = NoteTaker(keep=lambda _: None)
    taker.read("a.pyc", len(data), [data[:5], data[5:9], data[9:]])
    assert taker.taken().bytecode["a.pyc"].magic == MAGIC.hex()
