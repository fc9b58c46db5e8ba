"""What is kept of a file's content while its layer streams by: little, and never a secret."""

from __future__ import annotations

from collections.abc import Mapping

from bench.condition_types import Frozen


class Bytecode(Frozen):
    """The head of a `.pyc` file (PEP 552).

    Attributes:
        magic: the interpreter's magic number, in hex.
        hash_based: it is checked by its source's hash, or never; not by time and size.
        source_mtime_s: the source's time, modulo 2**32; 0 when hash based.
        source_size_bytes: the source's size, modulo 2**32; 0 when hash based.
    """

    magic: str
    hash_based: bool
    source_mtime_s: int
    source_size_bytes: int


class ElfSections(Frozen):
    """What an ELF file carries beside what it needs at run time, by its section headers.

    Attributes:
        symbol_bytes: `.symtab` and `.strtab`, which `strip` takes away.
        debug_bytes: `.debug_*` sections, compressed or not.
        shared: a shared object or position-independent program (ET_DYN).
    """

    symbol_bytes: int
    debug_bytes: int
    shared: bool


class SecretNote(Frozen):
    """Something that looks like a secret in a file; the value itself is gone already."""

    kind: str
    masked: str


class FileNotes(Frozen):
    """Of one layer, each by path; most files have none."""

    texts: Mapping[str, str] = {}
    bytecode: Mapping[str, Bytecode] = {}
    elf: Mapping[str, ElfSections] = {}
    secrets: Mapping[str, tuple[SecretNote, ...]] = {}
