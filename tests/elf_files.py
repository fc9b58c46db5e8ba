"""ELF files made by hand: any word size, byte order and place of the section headers."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

PROGBITS, SYMTAB, STRTAB, NOBITS, DYNSYM = 1, 2, 3, 8, 11
ALLOC = 0x2
ET_REL, ET_EXEC, ET_DYN = 1, 2, 3


@dataclass(frozen=True)
class Part:
    """A section; `link` is the name of another one."""

    name: str
    kind: int
    content: bytes
    flags: int = 0
    link: str = ""


def unstripped(symbol_bytes: int, debug_bytes: int) -> tuple[Part, ...]:
    """Sections of a library, `strip` would take this much of them."""
    names = symbol_bytes // 3
    return (
        Part(".dynsym", DYNSYM, b"d" * 240, ALLOC, ".dynstr"),
        Part(".dynstr", STRTAB, b"\0dlopen\0", ALLOC),
        Part(".text", PROGBITS, b"\x90" * 5000, ALLOC),
        Part(".debug_info", PROGBITS, b"i" * debug_bytes),
        Part(".symtab", SYMTAB, b"s" * (symbol_bytes - names), link=".strtab"),
        Part(".strtab", STRTAB, b"n" * names),
        Part(".comment", PROGBITS, b"GCC"),
    )


def elf(
    parts: Sequence[Part],
    *,
    bits: int = 64,
    order: str = "<",
    kind: int = ET_DYN,
    table_first: bool = False,
    names_first: bool = False,
) -> bytes:
    """A file with these sections, `.shstrtab` and the empty one that the format asks for.

    The names and the table of headers come last, in this order, as linkers have it.
    """
    names = b"\0" + b"".join(part.name.encode() + b"\0" for part in parts) + b".shstrtab\0"
    strings = Part(".shstrtab", STRTAB, names)
    ordered = [strings, *parts] if names_first else [*parts, strings]
    head_bytes, entry_bytes = (64, 64) if bits == 64 else (52, 40)
    table_bytes = entry_bytes * (len(ordered) + 1)
    body = b"".join(part.content for part in ordered)
    body_at = head_bytes + (table_bytes if table_first else 0)
    table_at = head_bytes if table_first else head_bytes + len(body)
    indices = {part.name: number for number, part in enumerate(ordered, 1)}
    table, offset = bytes(entry_bytes), body_at
    for part in ordered:
        at = names.index(b"\0" + part.name.encode() + b"\0") + 1
        link = indices.get(part.link, 0)
        fields = (at, part.kind, part.flags, 0, offset, len(part.content), link, 0, 1, 0)
        table += struct.pack(order + ("IIQQQQIIQQ" if bits == 64 else "10I"), *fields)
        offset += len(part.content)
    ident = b"\x7fELF" + bytes([bits // 32, 1 if order == "<" else 2, 1]) + bytes(9)
    header = ident + struct.pack(
        order + ("HHIQQQIHHHHHH" if bits == 64 else "HHIIIIIHHHHHH"),
        *(kind, 62, 1, 0, 0, table_at, 0, head_bytes, 0, 0),
        *(entry_bytes, len(ordered) + 1, indices[".shstrtab"]),
    )
    return header + (table + body if table_first else body + table)
