"""What a user's own README can show of a record, by the names of its markers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Optional

from bench.record_types import Record
from builders.budget_settings import Budgets
from reports import markdown, service_columns, training_columns
from reports.choice import choices
from reports.column import Column
from reports.columns import JUDGED, STATUS
from reports.conclusions import conclusions
from reports.editions import is_comparison, named, stem
from reports.frame import comparison
from reports.inject import MARKER, rewritten
from reports.markup import bullets
from reports.verdicts import judge
from reports.within_budget import NO_BUDGETS

OVERVIEW: Mapping[str, Sequence[Column]] = {
    "serve": service_columns.OVERVIEW,
    "train": (STATUS, *training_columns.OVERVIEW),
}


def blocks(record: Record, budgets: Budgets = NO_BUDGETS) -> Mapping[str, str]:
    """Markdown by name; the first one is the table of all variants, named as its page is."""
    if not is_comparison(record):
        return {stem(record): comparison(record, OVERVIEW[record.workload], judge(record, ()))}
    return {
        stem(record): markdown.summary(record),
        named(record, "conclusions"): conclusions(record, judge(record, JUDGED)),
        named(record, "choice"): bullets(choices(record, budgets)),
    }


def refreshed(record: Record, readme: Path, budgets: Budgets = NO_BUDGETS) -> Optional[str]:
    """The README with this record's blocks; None where it is missing or has none of their markers.

    Raises:
        MarkersError: it has some that can't be used.
        OSError: it can't be read.
    """
    if not readme.is_file():
        return None
    found = blocks(record, budgets)
    names = {one["name"] for one in MARKER.finditer(readme.read_bytes().decode(errors="replace"))}
    return rewritten(readme, found)[1] if names & set(found) else None
