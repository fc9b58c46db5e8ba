"""A variant of a record held to its budget.

Exact values are over their limit when they are over it. A time is a sample: it misses its limit
only where the whole 95 % interval lies beyond it; one beyond the limit whose interval reaches below
it is told as not sure. Peak memory was seen in a container, so that it counts as is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Optional

from bench.inspection.facts import ImageFacts
from bench.record_types import VariantRecord
from builders.budget_settings import Budget
from reports.changes.evidence import MOST_NAMES
from reports.changes.metrics import METRICS, Metric
from reports.gate.check import Check, Outcome


@dataclass(frozen=True)
class Ban:
    """Something that may not be found in an image.

    Attributes:
        key: its name in budgets.
        what: one of it, in words.
        forbidden: the words of a budget.
        found: what of an image each word names.
    """

    key: str
    what: str
    forbidden: Callable[[Budget], tuple[str, ...]]
    found: Callable[[ImageFacts, tuple[str, ...]], tuple[str, ...]]


def _tools(image: ImageFacts, words: tuple[str, ...]) -> tuple[str, ...]:
    named = [tool for tool in image.tools if tool.name in words or tool.kind in words]
    return tuple(f"{tool.name} ({tool.kind}) at {tool.path}" for tool in named)


def _hints(image: ImageFacts, words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{hint.id}: {hint.title}" for hint in image.hints if hint.id in words)


BANS = (
    Ban("forbidden_tools", "forbidden tool", lambda budget: budget.forbidden_tools, _tools),
    Ban("forbidden_hints", "forbidden hint", lambda budget: budget.forbidden_hints, _hints),
)


def limits(row: VariantRecord, budget: Budget, seed: int) -> Iterator[Check]:
    """Every limit that the budget has for this variant.

    Args:
        row: the variant, whole rounds alone.
        budget: its own limits and those for all.
        seed: of the intervals.
    """
    for metric in METRICS:
        limit = metric.limit(budget)
        if limit is not None:
            yield _limit(row, metric, limit, seed)
    for ban in BANS:
        words = ban.forbidden(budget)
        if words:
            yield _ban(row, ban, words)


def _limit(row: VariantRecord, metric: Metric, limit: float, seed: int) -> Check:
    value = metric.number(row)
    if value is None:
        return unknown(row, metric.key, metric.column.gap, limit)
    ends = metric.interval(row, seed) if metric.interval else None
    within = value >= limit if metric.at_least else value <= limit
    beyond = not within  # what is no number is within nothing
    outcome: Outcome = "missed" if beyond else "held"
    if beyond and metric.interval and (ends is None or ends.low <= limit):
        outcome = "not sure"
    told = _told(metric, value, limit, outcome)
    if ends is not None:
        told += f" (95 % interval {metric.text(ends.low)} to {metric.text(ends.high)})"
    elif outcome == "not sure":
        told += "; too few samples for an interval"
    evidence = tuple(metric.evidence(None, row)) if beyond else ()
    return Check(
        row.name, metric.key, "budget", outcome, told, value, limit, None, ends, None, evidence
    )


def _told(metric: Metric, value: float, limit: float, outcome: Outcome) -> str:
    """`size 177.7 MB; at most 150.0 MB allowed`."""
    bound = "least" if metric.at_least else "most"
    allowed = f"at {bound} {metric.text(limit)} allowed"
    if isinstance(limit, bool):
        allowed = "allowed" if limit else "not allowed"
    # Rounded alike, two unequal values would read as equal.
    same = metric.text(value) == metric.text(limit) and outcome != "held"
    more = f" ({value:,} against {limit:,})" if same else ""
    return f"{metric.column.name} {metric.text(value)}; {allowed}{more}"


def _ban(row: VariantRecord, ban: Ban, words: tuple[str, ...]) -> Check:
    if row.image is None:
        return unknown(row, ban.key, "it was not inspected", None)
    found = ban.found(row.image, words)
    number = f"{len(found)} {ban.what}{'' if len(found) == 1 else 's'}"
    told = f"{number if found else f'no {ban.what}'} of {', '.join(words)}"
    more = (f"and {len(found) - MOST_NAMES} more",) if len(found) > MOST_NAMES else ()
    return Check(
        row.name,
        ban.key,
        "budget",
        "missed" if found else "held",
        told,
        len(found),
        0,
        evidence=(*found[:MOST_NAMES], *more),
    )


def unknown(row: VariantRecord, key: str, why: str, limit: Optional[float]) -> Check:
    """A limit for a value that the record doesn't know: missed, or it would be passed unseen."""
    reason = why if row.samples or row.image else f"the record has it as {row.status}"
    return Check(row.name, key, "budget", "missed", f"{key} isn't known: {reason}", None, limit)
