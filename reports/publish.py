"""Puts the reports of a record into a folder, from which they are committed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Optional

from bench.record_types import Record
from builders.budget_settings import Budgets
from reports import csv_report, json_report, markdown, models_page
from reports.blocks import refreshed
from reports.editions import is_comparison, picture_path, stem
from reports.html import page as html_page
from reports.parts import Part, page
from reports.pictures.gallery import NAMES, pictures
from reports.placed import place
from reports.within_budget import NO_BUDGETS

MODELS = "models.md"
FEWEST_MODELS = 2
_DRAWN = (".svg", ".html")


def contents(
    record: Record,
    folder: Path,
    readme: Optional[Path] = None,
    budgets: Budgets = NO_BUDGETS,
) -> dict[Path, str]:
    """All that a record comes to, by path: pages, figures for programs, pictures, the README.

    Args:
        record: the run.
        folder: where the reports go.
        readme: a README that shows the record between markers, if it has them.
        budgets: the matrix's, which the choice is held to.

    Raises:
        MarkersError: it has markers that can't be used.
        OSError: it can't be read.
    """
    name, drawn, parts = stem(record), pictures(record), tuple(parts_of(record, budgets))
    texts = {
        f"{name}.md": page(parts),
        f"{name}.html": html_page.render(record, drawn, parts),
        f"{name}.json": json_report.render(record),
        f"{name}.csv": csv_report.render(record),
        **{picture_path(record, one.name): one.svg for one in drawn},
    }
    shown = refreshed(record, readme, budgets) if readme is not None else None
    beside = {} if readme is None or shown is None else {readme: shown}
    return {**{folder / path: text for path, text in texts.items()}, **beside}


def parts_of(record: Record, budgets: Budgets) -> Iterable[Part]:
    """What the record's pages tell; budgets are of images that are compared."""
    if is_comparison(record):
        return markdown.parts(record, budgets)
    return html_page.PARTS[record.workload](record)


def publish(
    record: Record,
    folder: Path,
    readme: Optional[Path] = None,
    budgets: Budgets = NO_BUDGETS,
) -> tuple[Path, ...]:
    """Write `contents`; folders that are missing are made.

    Nothing is replaced before everything has been rendered and written beside its place, so that
    a full disk leaves the reports as they were.

    Returns:
        The paths written.

    Raises:
        MarkersError: the README has markers that can't be used.
        OSError: the folder can't be made or written to.
    """
    written = place(contents(record, folder, readme, budgets))
    for path in {folder / picture_path(record, one) for one in NAMES} - set(written):
        if path.is_file():  # of an earlier run, and in no page any more
            path.unlink()
    return written


def stale(
    record: Record,
    folder: Path,
    readme: Optional[Path] = None,
    budgets: Budgets = NO_BUDGETS,
) -> tuple[Path, ...]:
    """What `publish` would change: files that are missing, or hold something else.

    Drawings, and the page that holds them, need only be there: their bytes depend on the version
    of matplotlib too.

    Raises:
        MarkersError: the README has markers that can't be used.
        OSError: a file can't be read.
    """
    wanted = contents(record, folder, readme, budgets)
    return tuple(path for path, text in wanted.items() if not _holds(path, text))


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and (path.suffix in _DRAWN or path.read_bytes() == text.encode())


def publish_models(records: Sequence[Record], folder: Path) -> tuple[Path, ...]:
    """Write the page that sets the models side by side; nothing for a single one.

    Raises:
        OSError: the folder can't be made or written to.
    """
    if len(records) < FEWEST_MODELS:
        return ()
    return place({folder / MODELS: models_page.render(records)})
