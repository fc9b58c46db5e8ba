"""What an ELF file carries beside what runs, from the few windows of it that a stream can keep.

The file's head says where its table of section headers is (System V ABI, "ELF Header"). Linkers
put it at the end, right behind the sections' names, patchelf sometimes at the front. So the head
is kept, the table with `BEFORE_BYTES` before it, and the names where they come after the table.
"""

from __future__ import annotations

from typing import Optional

from bench.inspection.elf_header import (
    HEADER_BYTES,
    ElfHeader,
    Section,
    debug_bytes,
    symbol_bytes,
)
from bench.inspection.notes import ElfSections

MAGIC = b"\x7fELF"
HEAD_BYTES = 64 << 10
BEFORE_BYTES = 1 << 20
MAX_NAMES_BYTES = 1 << 20


class _Window:
    """The bytes from `start` to `stop`, as far as they came by since it was opened."""

    def __init__(self, start: int, stop: int) -> None:
        self._start, self._stop = start, stop
        self._data = bytearray()

    def feed(self, piece: bytes | memoryview, at: int) -> None:
        begin = max(self._start + len(self._data), at)
        end = min(self._stop, at + len(piece))
        if begin < end:
            self._start = self._start if self._data else begin
            self._data += piece[begin - at : end - at]

    def read(self, offset: int, size: int) -> Optional[bytes]:
        """The bytes, None unless all are here."""
        begin = offset - self._start
        if begin < 0 or begin + size > len(self._data):
            return None
        return bytes(self._data[begin : begin + size])


class ElfWindows:
    """Keeps what is needed of one file, at most 3 MiB, while it streams by."""

    def __init__(self, size_bytes: int) -> None:
        self._size_bytes = size_bytes
        self._position = 0
        self._header: Optional[ElfHeader] = None
        self._sections: Optional[tuple[Section, ...]] = None
        self._windows = [_Window(0, min(HEAD_BYTES, size_bytes))]
        self._foreign = size_bytes < HEADER_BYTES

    def feed(self, piece: bytes | memoryview) -> None:
        """The next piece."""
        if self._position == 0 and not MAGIC.startswith(bytes(piece[: len(MAGIC)])):
            self._foreign = True
        if self._foreign:
            return
        for window in self._windows:
            window.feed(piece, self._position)
        while (opened := self._next_window()) is not None:
            opened.feed(piece, self._position)
            self._windows.append(opened)
        self._position += len(piece)

    def sections(self) -> Optional[ElfSections]:
        """None when it is no ELF file, or one with section headers that can't be right.

        Without the sections' names `debug_bytes` is 0; symbol tables are known by their type.
        """
        if self._header is None or self._sections is None:
            return None
        symbols = symbol_bytes(self._sections, self._header.names_index)
        debug = debug_bytes(self._sections, self._names())
        if symbols + debug > self._size_bytes:
            return None  # sections that lie over each other: no linker makes them
        return ElfSections(symbol_bytes=symbols, debug_bytes=debug, shared=self._header.shared)

    def _next_window(self) -> Optional[_Window]:
        """What to keep besides, as soon as the bytes so far tell."""
        if self._header is None:
            return self._table_window()
        if self._sections is None:
            return self._names_window(self._header)
        return None

    def _table_window(self) -> Optional[_Window]:
        data = self._read(0, HEADER_BYTES)
        if data is None:
            return None
        self._header = header = ElfHeader.of(data, self._size_bytes)
        if header is None:
            self._foreign = True
            return None
        start = header.table_offset
        return _Window(max(0, start - BEFORE_BYTES), start + header.table_bytes)

    def _names_window(self, header: ElfHeader) -> Optional[_Window]:
        table = self._read(header.table_offset, header.table_bytes)
        if table is None:
            return None
        self._sections = header.sections(table, self._size_bytes)
        return _Window(*self._names_place())

    def _names_place(self) -> tuple[int, int]:
        """From where to where the sections' names lie; nowhere when that can't be right."""
        index = self._header.names_index if self._header else 0
        if not self._sections or not 0 < index < len(self._sections):
            return 0, 0
        names = self._sections[index]
        return names.offset, names.offset + min(names.size_bytes, MAX_NAMES_BYTES)

    def _names(self) -> bytes:
        start, stop = self._names_place()
        return self._read(start, stop - start) or b""

    def _read(self, offset: int, size: int) -> Optional[bytes]:
        found = (window.read(offset, size) for window in self._windows)
        return next((data for data in found if data is not None), None)
