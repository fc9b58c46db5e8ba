"""A record held to an earlier one: nothing may have grown by more than the baseline's budget."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Union

from bench.comparison import Comparison
from bench.record_types import VariantRecord
from builders.baseline_settings import BaselineBudget, SizeGrowth, TimeGrowth
from reports.changes.metrics import Metric
from reports.changes.shifts import Changes, Shift
from reports.changes.words import ratio_of
from reports.gate.check import Check, Outcome


def thresholds(found: Changes, budget: BaselineBudget, *, timings: bool) -> Iterator[Check]:
    """Every metric that both records know of a variant, held to what may be added.

    Args:
        found: the two records, the baseline first.
        budget: what may be added.
        timings: whether times and memory are held too.
    """
    for shift in found.shifts:
        if timings or not shift.metric.is_noisy:
            yield from _threshold(found, shift, budget)


def _threshold(found: Changes, shift: Shift, budget: BaselineBudget) -> Iterator[Check]:
    old, new = found.old[shift.variant], found.new[shift.variant]
    if shift.before is None:
        return  # the baseline can't be held against anyone for what it doesn't know
    if shift.after is None:
        if new.status != "failed":  # which is told once, of the variant
            yield _lost(shift)
        return
    if shift.metric.is_noisy and shift.variant in found.apart:
        names = ", ".join(one.name for one in found.apart[shift.variant])
        yield _check(shift, "not compared", f"{shift.metric.column.name}: other {names}")
        return
    yield _held(shift, old, new, allowed(shift.metric, shift.before, budget))


def allowed(metric: Metric, before: float, budget: BaselineBudget) -> float:
    """What may be added to a value of the baseline, in its unit."""
    growth: Union[int, float, SizeGrowth, TimeGrowth] = metric.growth(budget)
    return growth if isinstance(growth, (int, float)) else growth.allowed(before)


def _held(shift: Shift, old: VariantRecord, new: VariantRecord, added: float) -> Check:
    sign = -1 if shift.metric.at_least else 1
    worse_by = sign * (shift.difference or 0)
    beyond = not worse_by <= added  # what is no number is within nothing
    outcome: Outcome = "missed" if beyond else "held"
    if outcome == "missed" and shift.metric.is_noisy and not _is_worse(shift.comparison):
        outcome = "not sure"
    evidence = tuple(shift.metric.evidence(old, new)) if beyond else ()
    return _check(shift, outcome, _told(shift, worse_by, added), added, evidence)


def _is_worse(comparison: Union[Comparison, None]) -> bool:
    return comparison is not None and comparison.verdict == "slower"


def _told(shift: Shift, worse_by: float, added: float) -> str:
    metric = shift.metric
    values = f"{metric.text(shift.before)} to {metric.text(shift.after)}"
    if isinstance(shift.after, bool):
        return f"{metric.column.name} went from {values}"
    verb = "fell" if metric.at_least else "grew"
    change = f"{verb} by {metric.text(worse_by)}" if worse_by > 0 else "did not get worse"
    told = f"{metric.column.name} {change}, from {values}; {metric.text(added)} allowed"
    return told + _noise(shift)


def _noise(shift: Shift) -> str:
    found = shift.comparison
    if found is None:
        return "; it can't be compared for want of samples" if shift.metric.is_noisy else ""
    if found.verdict is None:
        return "; too few samples tell nothing"
    word = (shift.metric.words or {}).get(found.verdict, found.verdict)
    floor = "" if found.noise_floor is None else f", noise floor {found.noise_floor:.3f}"
    return f"; {word}: {ratio_of(found)}{floor}"


def _lost(shift: Shift) -> Check:
    told = f"{shift.metric.column.name} isn't known; the baseline has {_before(shift)}"
    return _check(shift, "missed", told)


def _before(shift: Shift) -> str:
    return shift.metric.text(shift.before)


def _check(
    shift: Shift,
    outcome: Outcome,
    told: str,
    added: Union[float, None] = None,
    evidence: tuple[str, ...] = (),
) -> Check:
    limit = None if added is None else (shift.before or 0) + _signed(shift, added)
    return Check(
        shift.variant,
        shift.metric.key,
        "baseline",
        outcome,
        told,
        shift.after,
        limit,
        shift.before,
        comparison=shift.comparison,
        evidence=evidence,
    )


def _signed(shift: Shift, added: float) -> float:
    return -added if shift.metric.at_least else added
