"""An ELF file's header and section headers, whose layouts pyelftools knows."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Optional

from elftools.common.exceptions import ELFError
from elftools.common.utils import struct_parse
from elftools.elf.elffile import ELFFile
from elftools.elf.structs import ELFStructs

HEADER_BYTES = 64  # of a 64-bit file; a 32-bit one has 52
MAX_SECTIONS = 4096  # shared objects have some 30; a larger claim is not followed
_SHF_ALLOC = 0x2
_DEBUG = (b".debug_", b".zdebug_")


class Section(NamedTuple):
    """A section's header; `kind` is the specification's name, such as `SHT_SYMTAB`."""

    kind: str
    name_offset: int
    allocated: bool
    offset: int
    size_bytes: int
    link: int


@dataclass(frozen=True)
class ElfHeader:
    """Where the section headers are.

    Attributes:
        count: how many there are; 0 for a file without sections.
        names_index: the section that holds the sections' names.
        shared: a shared object or position-independent program (ET_DYN).
    """

    structs: ELFStructs
    table_offset: int
    count: int
    names_index: int
    shared: bool

    @classmethod
    def of(cls, data: bytes, file_bytes: int) -> Optional[ElfHeader]:
        """Read a file's first 64 bytes; None when they make no sense in a file of this size."""
        try:
            elf = ELFFile(io.BytesIO(data))
        except ELFError:
            return None
        count = elf["e_shnum"] if elf["e_shoff"] else 0
        header = cls(
            elf.structs, elf["e_shoff"], count, elf["e_shstrndx"], elf["e_type"] == "ET_DYN"
        )
        sane = count <= MAX_SECTIONS and header.table_offset + header.table_bytes <= file_bytes
        same_layout = not count or elf["e_shentsize"] == header.entry_bytes
        return header if sane and same_layout else None

    @property
    def entry_bytes(self) -> int:
        """Of one section header."""
        return int(self.structs.Elf_Shdr.sizeof())

    @property
    def table_bytes(self) -> int:
        """Of all section headers."""
        return self.count * self.entry_bytes

    def sections(self, table: bytes, file_bytes: int) -> tuple[Section, ...]:
        """Read the table; a section that reaches beyond the file counts as empty."""
        stream = io.BytesIO(table)
        return tuple(self._section(stream, file_bytes) for _ in range(self.count))

    def _section(self, stream: io.BytesIO, file_bytes: int) -> Section:
        read = struct_parse(self.structs.Elf_Shdr, stream)
        inside = read.sh_offset + read.sh_size <= file_bytes
        return Section(
            kind=str(read.sh_type),
            name_offset=read.sh_name,
            allocated=bool(read.sh_flags & _SHF_ALLOC),
            offset=read.sh_offset,
            size_bytes=read.sh_size if inside and read.sh_type != "SHT_NOBITS" else 0,
            link=read.sh_link,
        )


def symbol_bytes(sections: Sequence[Section], names_index: int) -> int:
    """Symbol tables that the dynamic loader doesn't use, and the strings of their names."""
    tables = [section for section in sections if section.kind == "SHT_SYMTAB"]
    strings = {
        table.link
        for table in tables
        if 0 < table.link < len(sections)
        and table.link != names_index  # some linkers keep both kinds of names in one section
        and sections[table.link].kind == "SHT_STRTAB"
    }
    return sum(one.size_bytes for one in (*tables, *(sections[link] for link in strings)))


def debug_bytes(sections: Sequence[Section], names: bytes) -> int:
    """Sections that only a debugger reads."""
    return sum(
        section.size_bytes
        for section in sections
        if not section.allocated and names.startswith(_DEBUG, section.name_offset)
    )
