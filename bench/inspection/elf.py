"""ELF section headers, from the few windows of a file that a stream can keep."""

from __future__ import annotations

from typing import Optional

from bench.inspection.notes import ElfSections


class ElfWindows:
    """Keeps what is needed of one file."""

    def __init__(self, size_bytes: int) -> None:
        self._size_bytes = size_bytes

    def feed(self, piece: bytes | memoryview) -> None:
        """The next piece."""

    def sections(self) -> Optional[ElfSections]:
        """None when it is no ELF file."""
        return None
