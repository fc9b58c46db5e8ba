from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from elf_files import ET_EXEC, NOBITS, PROGBITS, STRTAB, SYMTAB, Part, elf, unstripped
from elftools.elf.elffile import ELFFile
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.inspection.elf import BEFORE_BYTES, HEAD_BYTES, ElfWindows
from bench.inspection.notes import ElfSections

SAMPLE = elf(unstripped(9000, 40_000))
NOTHING = ElfSections(symbol_bytes=0, debug_bytes=0, shared=True)


def read(data: bytes, piece_bytes: int = 1 << 20) -> ElfSections | None:
    windows = ElfWindows(len(data))
    for start in range(0, len(data), piece_bytes):
        windows.feed(memoryview(data)[start : start + piece_bytes])
    return windows.sections()


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("table_first", [False, True], ids=["table last", "table first"])
@pytest.mark.parametrize("names_first", [False, True], ids=["names last", "names first"])
@pytest.mark.parametrize("piece_bytes", [1, 63, 4096, 1 << 20])
def test_every_layout_in_pieces_of_any_size(
    bits: int, order: str, table_first: bool, names_first: bool, piece_bytes: int
):
    data = elf(
        unstripped(9000, 40_000),
        bits=bits,
        order=order,
        table_first=table_first,
        names_first=names_first,
    )
    assert read(data, piece_bytes) == ElfSections(
        symbol_bytes=9000, debug_bytes=40_000, shared=True
    )


def test_what_is_loaded_is_not_counted():
    parts = (
        Part(".debug_loaded", PROGBITS, b"x" * 500, flags=0x2),
        Part(".debug_absent", NOBITS, b""),
        Part(".zdebug_line", PROGBITS, b"z" * 70),
        Part(".comment", PROGBITS, b"GCC: 12"),
    )
    assert read(elf(parts, kind=ET_EXEC)) == ElfSections(
        symbol_bytes=0, debug_bytes=70, shared=False
    )


def test_a_symbol_table_that_shares_the_section_names_counts_without_them():
    parts = (Part(".symtab", SYMTAB, b"s" * 96, link=".shstrtab"),)
    assert read(elf(parts)) == ElfSections(symbol_bytes=96, debug_bytes=0, shared=True)


def test_a_string_table_of_two_symbol_tables_counts_once():
    parts = (
        Part(".symtab", SYMTAB, b"s" * 96, link=".strtab"),
        Part(".symtab.more", SYMTAB, b"s" * 48, link=".strtab"),
        Part(".strtab", STRTAB, b"n" * 30),
    )
    assert read(elf(parts)) == ElfSections(symbol_bytes=174, debug_bytes=0, shared=True)


def test_symbol_tables_are_known_by_type_where_the_names_are_out_of_reach():
    between = Part(".strtab", STRTAB, b"n" * (BEFORE_BYTES + 1))
    parts = (
        Part(".text", PROGBITS, b"t" * HEAD_BYTES, flags=0x2),
        Part(".symtab", SYMTAB, b"s" * 96, link=".strtab"),
        Part(".debug_info", PROGBITS, b"i" * 40),
    )
    data = elf((*parts, between), names_first=True)
    assert read(data).debug_bytes == 40  # the names are in the head
    names = data[64 : 64 + 60]
    moved = elf((*parts, Part(".names", STRTAB, names), between))
    assert len(moved) > HEAD_BYTES + BEFORE_BYTES
    index = bytes([4, 0])  # the section named .names holds the names now
    behind = moved[:62] + index + moved[64:]
    assert read(behind) == ElfSections(
        symbol_bytes=96 + BEFORE_BYTES + 1, debug_bytes=0, shared=True
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"\x7f", b"\x7fEL", b"#!/bin/sh\n" * 9, b"\x7fELF", b"\x7fELF" + bytes(99), bytes(999)],
)
@pytest.mark.parametrize("piece_bytes", [1, 1 << 20])
def test_what_is_no_elf_file_has_no_sections(data: bytes, piece_bytes: int):
    assert read(data, piece_bytes) is None


def test_a_file_without_section_headers_has_nothing_to_strip():
    assert read(SAMPLE[:40] + bytes(8) + SAMPLE[48:]) == NOTHING


@pytest.mark.parametrize(
    ("at", "claim"),
    [
        (40, b"\xff" * 8),  # the table beyond any file
        (40, (len(SAMPLE) - 10).to_bytes(8, "little")),  # cut off by the end
        (58, b"\x00\x00"),  # headers of no size
        (58, b"\x41\x00"),
        (60, b"\xff\xff"),  # more of them than the file has room for
    ],
)
def test_a_claim_that_can_not_be_right_is_not_followed(at: int, claim: bytes):
    assert read(SAMPLE[:at] + claim + SAMPLE[at + len(claim) :]) is None


def test_sections_that_lie_over_each_other_are_no_saving():
    table_at = int.from_bytes(SAMPLE[40:48], "little")
    comment_at = table_at + 64 * 7
    whole_file = bytes(8) + len(SAMPLE).to_bytes(8, "little")  # offset and size
    data = bytearray(SAMPLE)
    data[comment_at + 4 : comment_at + 8] = SYMTAB.to_bytes(4, "little")
    data[comment_at + 24 : comment_at + 40] = whole_file
    assert read(bytes(data)) is None


@settings(max_examples=400, deadline=None)
@given(
    changes=st.lists(
        st.tuples(
            st.one_of(
                st.integers(0, 63),
                st.integers(len(SAMPLE) - 64 * 9, len(SAMPLE) - 1),
                st.integers(0, len(SAMPLE) - 1),
            ),
            st.binary(min_size=1, max_size=8),
        ),
        max_size=8,
    ),
    end=st.integers(0, len(SAMPLE)),
    piece_bytes=st.sampled_from([17, 1000, 1 << 20]),
)
@example(changes=[], end=len(SAMPLE), piece_bytes=17)
def test_damage_ends_in_none_or_in_numbers_that_fit(changes, end, piece_bytes):
    data = bytearray(SAMPLE)
    for at, new in changes:
        data[at : at + len(new)] = new
    found = read(bytes(data[:end]), piece_bytes)
    if found is not None:
        assert found.symbol_bytes >= 0
        assert found.debug_bytes >= 0
        assert found.symbol_bytes + found.debug_bytes <= end


def test_memory_stays_small_for_a_large_file():
    noise = random.Random(1).randbytes(1 << 20)
    size_bytes = 40 << 20
    head = SAMPLE[:40] + (size_bytes - 64 * 9).to_bytes(8, "little") + SAMPLE[48:64]
    windows = ElfWindows(size_bytes)
    tracemalloc.start()
    windows.feed(head + noise[64:])
    for _ in range(39):
        windows.feed(noise)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    windows.sections()
    assert peak_bytes < 6 << 20


def _libraries() -> list[Path]:
    """The program that runs this test, and every shared object it has loaded."""
    lines = Path("/proc/self/maps").read_text().splitlines()
    mapped = {Path(line.split()[-1]) for line in lines}
    shared = {path for path in mapped if ".so" in path.name and path.is_file()}
    return sorted({Path(sys.executable).resolve(), *shared})


def _expected(path: Path) -> ElfSections:
    """The same by pyelftools alone, from the whole file."""
    with path.open("rb") as stream:
        whole = ELFFile(stream)
        sections = list(whole.iter_sections())
        tables = [one for one in sections if one["sh_type"] == "SHT_SYMTAB"]
        strings = [whole.get_section(one["sh_link"]) for one in tables]
        debug = [one for one in sections if one.name.startswith((".debug_", ".zdebug_"))]
        return ElfSections(
            symbol_bytes=sum(one["sh_size"] for one in (*tables, *strings)),
            debug_bytes=sum(one["sh_size"] for one in debug),
            shared=whole["e_type"] == "ET_DYN",
        )


def test_real_libraries_are_as_pyelftools_reads_them_whole():
    libraries = _libraries()
    assert len(libraries) > 3
    for path in libraries:
        assert read(path.read_bytes(), 65_521) == _expected(path), path


SOURCE = """
static int helper_with_a_long_name(int x) { return x * 3; }
int exported_function(int x) { return helper_with_a_long_name(x) + 1; }
"""


@pytest.mark.process
@pytest.mark.parametrize("options", [["-g"], ["-g", "-gz"], []], ids=["debug", "gz", "symbols"])
def test_strip_removes_what_was_counted(tmp_path: Path, options: list[str]):
    if shutil.which("gcc") is None or shutil.which("strip") is None:
        pytest.skip("needs gcc and strip")
    (tmp_path / "a.c").write_text(SOURCE)
    library = tmp_path / "liba.so"
    build = ["gcc", "-shared", "-fPIC", *options, "-o", str(library), str(tmp_path / "a.c")]
    subprocess.run(build, check=True)
    before = library.read_bytes()
    found = read(before)
    assert found.shared
    assert (found.debug_bytes > 0) == ("-g" in options)
    subprocess.run(["strip", "--strip-unneeded", str(library)], check=True)
    after = library.read_bytes()
    assert read(after) == NOTHING
    # besides: their headers and names, and padding
    gone = len(before) - len(after)
    assert 0 <= gone - found.symbol_bytes - found.debug_bytes < 2000
