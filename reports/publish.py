"""Puts the reports of a record into a folder, from which they are committed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Optional

from bench.record_types import Record
from reports import json_report, markdown, models_page, service_page, training
from reports.readme import refresh

# The page of each workload, and what writes it.
STEMS = {
    "predict": "comparison",
    "serve": "service",
    "train": "training",
    "http": "comparison",
    "command": "comparison",
}
PAGES: Mapping[str, Callable[[Record], str]] = {
    "predict": markdown.render,
    "serve": service_page.render,
    "train": training.render,
    "http": markdown.render,
    "command": markdown.render,
}

MODELS = "models.md"
FEWEST_MODELS = 2


def stem(record: Record) -> str:
    """The pages' file name without its ending: `comparison`, `comparison-resnet50`, `service`."""
    other_model = record.edition.removesuffix(record.workload).removesuffix("-")
    return "-".join(filter(None, (STEMS[record.workload], other_model)))


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
    name = stem(record)
    page = PAGES[record.workload](record)
    written = _placed(folder, {f"{name}.md": page, f"{name}.json": json_report.render(record)})
    if readme is not None and not record.edition:
        refresh(record, readme)
    return written


def publish_models(records: Sequence[Record], folder: Path) -> tuple[Path, ...]:
    """Write the page that sets the models side by side; nothing for a single one.

    Raises:
        OSError: the folder can't be made or written to.
    """
    if len(records) < FEWEST_MODELS:
        return ()
    return _placed(folder, {MODELS: models_page.render(records)})


def _placed(folder: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    """Write the files, each beside its place first."""
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
    return tuple(parts)
