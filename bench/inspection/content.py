"""Looks at a file's content as it streams by, and keeps what an inspection needs of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable

from bench.inspection.bytecode import HEAD_BYTES, bytecode
from bench.inspection.elf import ElfWindows
from bench.inspection.notes import Bytecode, ElfSections, FileNotes, SecretNote
from bench.inspection.secret_patterns import secrets_in

SMALL_BYTES = 256 << 10  # looked at whole
MAX_TEXT_BYTES = 16 << 20  # of one database; the largest RECORD of CUDA torch has 1.5 MB

# What says who owns which file, and what release it is.
_TEXTS = re.compile(
    r"""
    var/lib/dpkg/(status | status\.d/[^/]+ | diversions | info/[^/]+\.(list|md5sums)) $
    | lib/apk/db/installed $ | usr/lib/apk/db/installed $
    | .*\.(dist-info/(RECORD|METADATA) | egg-info/(PKG-INFO|installed-files\.txt|SOURCES\.txt)) $
    | .*\.egg-info $
    | usr/share/doc/[^/]+/copyright $
    | (etc|usr/lib)/os-release $ | etc/passwd $ | (.*/)?pyvenv\.cfg $
    """,
    re.VERBOSE,
)
_COPYRIGHT = re.compile(r"usr/share/doc/[^/]+/copyright")
_LICENCE_LINE = re.compile(rb"(?m)^License:.*$|^.*/usr/share/common-licenses/[\w.+-]+")


class NoteTaker:
    """Gathers one layer's `FileNotes`; `keep` refuses what is too much, by bytes of text."""

    def __init__(self, keep: Callable[[int], None]) -> None:
        self._keep = keep
        self._texts: dict[str, str] = {}
        self._bytecode: dict[str, Bytecode] = {}
        self._elf: dict[str, ElfSections] = {}
        self._secrets: dict[str, tuple[SecretNote, ...]] = {}

    def read(self, path: str, size_bytes: int, pieces: Iterable[bytes | memoryview]) -> str:
        """Look at a file's content; the sha256 of it, in hex."""
        digest = hashlib.sha256()
        is_text = bool(_TEXTS.match(path)) and size_bytes <= MAX_TEXT_BYTES
        whole = bytearray() if is_text or size_bytes <= SMALL_BYTES else None
        windows = ElfWindows(size_bytes)
        head = b""
        for piece in pieces:
            digest.update(piece)
            windows.feed(piece)
            head += bytes(piece[: HEAD_BYTES - len(head)])  # a piece may be shorter
            if whole is not None:
                whole += piece
        if is_text and whole is not None:
            self._texts[path] = _kept(path, bytes(whole))
            self._keep(len(self._texts[path]))
        self._note(path, bytes(whole) if whole is not None else head, windows)
        return digest.hexdigest()

    def taken(self) -> FileNotes:
        """All of it."""
        return FileNotes(
            texts=self._texts, bytecode=self._bytecode, elf=self._elf, secrets=self._secrets
        )

    def _note(self, path: str, data: bytes, windows: ElfWindows) -> None:
        sections = windows.sections()
        if sections is not None:
            self._elf[path] = sections
        elif path.endswith(".pyc") and (read := bytecode(data)) is not None:
            self._bytecode[path] = read
        elif found := secrets_in(path, data):
            self._secrets[path] = found


def _kept(path: str, data: bytes) -> str:
    """The text, without line ends of other systems; of a copyright file the licences alone."""
    if _COPYRIGHT.match(path):
        data = b"\n".join(_LICENCE_LINE.findall(data))
    return data.decode("utf-8", errors="replace").replace("\r\n", "\n")
