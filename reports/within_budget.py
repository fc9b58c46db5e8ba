"""The best of the variants that hold their budgets, if this run can tell which that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, Optional

from bench.record_types import Record, VariantRecord
from builders.budget_settings import Budgets
from reports.gate.check import Check
from reports.gate.limits import limits
from reports.pareto import front
from reports.tails import Tails

NO_BUDGETS = Budgets()
Standing = Literal["held", "missed", "open"]


def standings(record: Record, budgets: Budgets, tails: Tails) -> Mapping[str, Standing]:
    """Whether each variant holds its budget; empty where none of them has any.

    A time holds its limit where its whole interval does, and misses it where the whole interval
    lies beyond; else it is open. Memory was seen in a container, so that it counts as is.
    """
    if not any(budgets.limit(row.name) for row in tails.rows):
        return {}
    return {row.name: _standing(_checks(record, budgets, row)) for row in tails.rows}


def best_within(tails: Tails, standing: Mapping[str, Standing]) -> tuple[str, ...]:
    """The Pareto front of those that hold their budgets, the smallest first.

    Empty where nobody surely does, or where one that is open would change the front.
    """
    names = {one: [name for name in standing if standing[name] == one] for one in ("held", "open")}
    sure = front(tails.among(names["held"]))
    return sure if front(tails.among([*names["held"], *names["open"]])) == sure else ()


def _checks(record: Record, budgets: Budgets, row: VariantRecord) -> Iterator[Check]:
    return limits(row, budgets.of(row.name), record.conditions.seed)


def _standing(checks: Iterator[Check]) -> Standing:
    found = {_held(check) for check in checks}
    if False in found:
        return "missed"
    return "open" if None in found else "held"


def _held(check: Check) -> Optional[bool]:
    """None where the interval of a time holds its limit."""
    if check.outcome == "missed":
        return False
    ends, limit = check.interval, check.limit
    reaches_beyond = ends is not None and limit is not None and ends.high > limit
    return None if check.outcome != "held" or reaches_beyond else True
