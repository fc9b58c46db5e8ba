"""How far the rounds have come, for whoever watches: pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Optional

from bench.record_types import Record, VariantRecord
from bench.stop_rule import Decision, StopRule

FEWEST_FOR_WIDTH = 6  # `bench.statistics.FEWEST_SAMPLES`: fewer have no interval


@dataclass(frozen=True)
class Standing:
    """The rounds at one moment.

    Attributes:
        name: what is measured now; empty between two rounds.
        decision: after the last whole round.
        most: rounds that there may be.
        left: seconds that are still needed.
        rows: of the record, those that take part.
    """

    name: str
    decision: Decision
    most: int
    left: TimeLeft
    rows: tuple[VariantRecord, ...]

    @property
    def share(self) -> float:
        """Of the whole time, what has passed; 0 to 1."""
        whole_s = self.decision.elapsed_s + self.left.seconds
        return min(self.decision.elapsed_s / whole_s, 1.0) if whole_s else 0.0


@dataclass(frozen=True)
class TimeLeft:
    """An estimate; `at_least` where too few samples tell how many are needed."""

    seconds: float
    at_least: bool


def standing(record: Record, name: str, decision: Decision, rule: StopRule) -> Standing:
    """The rounds now, of a record whose last whole round led to `decision`."""
    rows = (*record.variants, *(() if record.again is None else (record.again,)))
    return Standing(
        name=name,
        decision=decision,
        most=rule.most,
        left=time_left(decision, rule),
        rows=tuple(row for row in rows if row.name in record.sampled),
    )


def time_left(decision: Decision, rule: StopRule) -> TimeLeft:
    """How long the rounds that are still needed take, at the pace so far.

    Intervals shrink with the square root of the number of samples: one that is twice as wide as
    it may be needs four times as many.
    """
    taken = decision.samples
    if not taken:
        return TimeLeft(0.0, at_least=True)
    needed = _rounds_needed(decision, rule)
    whole_s = decision.elapsed_s / taken * (needed or rule.fewest)
    left_s = min(whole_s, rule.max_time_s) - decision.elapsed_s
    return TimeLeft(max(left_s, 0.0), at_least=needed is None)


def _rounds_needed(decision: Decision, rule: StopRule) -> Optional[int]:
    if decision.widest is None:
        return rule.most if rule.most <= FEWEST_FOR_WIDTH else None
    ratio = decision.widest[1] / rule.precision
    needed = math.ceil(decision.samples * ratio**2)
    return min(max(needed, rule.fewest), rule.most)
