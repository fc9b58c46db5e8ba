"""Rounds of what is measured apart from the cold starts: imports, throughput, pulls, services.

What goes wrong leaves a gap in the row with its reason; the variant stays measured, since its
starts and requests are. Rounds that the record holds already are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Optional

from bench import rows
from bench.record_types import Record, VariantRecord
from bench.rounds import rounds
from bench.row_changes import RowChange, going
from bench.run import Run
from bench.scenario_types import Missing
from builders.errors import SlimbenchError, WrongAnswer
from builders.prepare import attempt

What = Literal["imports", "throughput", "pulls", "starts", "load"]


@dataclass(frozen=True)
class Item:
    """What a round holds once; `threads` only where they differ within a round."""

    name: str  # of the variant
    threads: Optional[int] = None

    @property
    def label(self) -> str:
        """For people, and what the order is drawn with."""
        if self.threads is None:
            return self.name
        return f"{self.name} with {self.threads} thread{'s' if self.threads > 1 else ''}"


@dataclass(frozen=True)
class Extra:
    """One kind of rounds.

    Attributes:
        what: the part of the row that is filled.
        items: of each round.
        count: of the rounds.
        has: whether a row holds an item of the round of this number.
        taker: takes an item of the round of this number; what it raises becomes the gap's reason.
        is_failure: whether a gap is one; where it isn't, it is a note.
    """

    what: What
    items: Sequence[Item]
    count: int
    has: Callable[[VariantRecord, Item, int], bool]
    taker: Callable[[Item, int], RowChange]
    is_failure: bool = True


def take_rounds(run: Run, record: Record, extra: Extra) -> Record:
    """Fill the rows, interleaved; the record is saved after each item.

    Raises:
        EngineUnavailable: the engine is lost.
    """
    items = {item.label: item for item in extra.items}
    for number, order in enumerate(rounds(list(items), extra.count, run.settings.seed)):
        for position, label in enumerate(order):
            share = (number + position / len(order)) / extra.count
            run.project.say(f"{extra.what}, round {number + 1} of {extra.count}: {label}", share)
            record = _with_item(run, record, extra, items[label], number)
            run.save(record)
    return record


def _with_item(run: Run, record: Record, extra: Extra, item: Item, number: int) -> Record:
    row = rows.row_of(record, item.name)
    if row.status == "failed" or lacks(row, extra.what, item) or extra.has(row, item, number):
        return record
    variant = run.project.matrix.variant(item.name)
    changed = attempt(lambda: extra.taker(item, number)(variant, row))
    if isinstance(changed, SlimbenchError):
        changed = _with_gap(row, extra, item, changed)
    return rows.with_row(record, changed)


def _with_gap(row: VariantRecord, extra: Extra, item: Item, error: SlimbenchError) -> VariantRecord:
    """The row with a gap; a wrong answer voids all there is of the part."""
    is_void = isinstance(error, WrongAnswer)
    gap = Missing(
        what=extra.what,
        reason=str(error),
        failed=extra.is_failure,
        threads=None if is_void else item.threads,
    )
    row = with_missing(row, gap)
    return row.model_copy(update={extra.what: ()}) if is_void else row


def with_missing(row: VariantRecord, gap: Missing) -> VariantRecord:
    """The row with this gap, once."""
    missing = row.missing if gap in row.missing else (*row.missing, gap)
    return row.model_copy(update={"missing": missing})


def all_missing(run: Run, record: Record, gap: Missing) -> Record:
    """The record in which every variant that was measured has this gap."""
    for row in going(run, record):
        record = rows.with_row(record, with_missing(row, gap))
    return record


def lacks(row: VariantRecord, what: What, item: Item) -> bool:
    """Whether the row has a gap there already."""
    return any(gap.what == what and gap.threads in (None, item.threads) for gap in row.missing)


def names(run: Run, record: Record) -> Iterator[str]:
    """The variants that take part: selected, and not failed."""
    return (row.name for row in going(run, record))
