"""Puts the reports of a record into a folder, from which they are committed."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from bench.record_types import Record
from reports import json_report, markdown
from reports.readme import refresh

MARKDOWN = "comparison.md"
JSON = "comparison.json"


def publish(record: Record, folder: Path, readme: Optional[Path] = None) -> tuple[Path, ...]:
    """Write both reports; a folder that is missing is made.

    Nothing is replaced before everything has been rendered and written beside its place, so that
    a full disk leaves the reports as they were.

    Args:
        record: the run.
        folder: where the reports go.
        readme: a README whose table between markers is refreshed, if it has them.

    Returns:
        The paths written.

    Raises:
        OSError: the folder can't be made or written to.
    """
    texts = {MARKDOWN: markdown.render(record), JSON: json_report.render(record)}
    folder.mkdir(parents=True, exist_ok=True)
    parts = {folder / name: folder / f".{name}.part" for name in texts}
    try:
        for path, part in parts.items():
            part.write_bytes(texts[path.name].encode())
        for path, part in parts.items():
            part.replace(path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    if readme is not None:
        refresh(record, readme)
    return tuple(parts)
