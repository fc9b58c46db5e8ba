"""Puts the reports of a record into a folder, from which they are committed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Optional

from bench.record_types import Record
from reports import json_report, markdown, models_page, service_page, training
from reports.editions import picture_path, stem
from reports.html import page as html_page
from reports.pictures.gallery import NAMES, pictures
from reports.readme import refresh

# What writes the page of each workload.
PAGES: Mapping[str, Callable[[Record], str]] = {
    "predict": markdown.render,
    "serve": service_page.render,
    "train": training.render,
    "http": markdown.render,
    "command": markdown.render,
}

MODELS = "models.md"
FEWEST_MODELS = 2


def publish(record: Record, folder: Path, readme: Optional[Path] = None) -> tuple[Path, ...]:
    """Write all reports and their pictures; a folder that is missing is made.

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
    drawn = pictures(record)
    texts = {
        f"{name}.md": page,
        f"{name}.html": html_page.render(record, drawn),
        f"{name}.json": json_report.render(record),
    }
    svgs = {picture_path(record, one.name): one.svg for one in drawn}
    written = _placed(folder, {**texts, **svgs})
    for path in {picture_path(record, one) for one in NAMES} - set(svgs):
        if (folder / path).is_file():  # of an earlier run, and in no page any more
            (folder / path).unlink()
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
    paths = [folder / name for name in texts]
    parts = [path.with_name(f".{path.name}.part") for path in paths]
    try:
        for part, text in zip(parts, texts.values()):
            part.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(text.encode())
        for part, path in zip(parts, paths):
            part.replace(path)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    return tuple(paths)
