"""The comparison's first table in a README, between two markers."""

from __future__ import annotations

from pathlib import Path

from bench.record_types import Record
from reports import markdown

BEGIN, END = "<!-- comparison -->", "<!-- /comparison -->"


def refresh(record: Record, readme: Path) -> bool:
    """Put the table of all variants between the markers; False where there are none.

    Raises:
        OSError: the file can't be written.
    """
    if not readme.is_file():
        return False
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        return False
    part = readme.with_name(f".{readme.name}.part")
    part.write_text(f"{before}{BEGIN}\n{markdown.summary(record).strip()}\n{END}{after}", "utf-8")
    part.replace(readme)
    return True
