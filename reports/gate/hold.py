"""A record held to its budgets and to an earlier one: all misses at once, nothing printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Optional

from bench.comparability import whole_rounds
from bench.record_types import Record, VariantRecord
from builders.budget_settings import Budgets
from reports.changes import words
from reports.changes.shifts import Changes, changes
from reports.gate.check import Check, Verdict
from reports.gate.limits import limits
from reports.gate.thresholds import thresholds


def hold(
    new: Record,
    old: Optional[Record],
    budgets: Budgets,
    names: Sequence[str],
    *,
    timings: bool = True,
) -> Verdict:
    """Hold a record to its budgets and, where there is one, to a baseline.

    Args:
        new: the record.
        old: the baseline.
        budgets: of the matrix.
        names: the matrix's variants that are to be held, in its order.
        timings: whether times and memory are held to the baseline too.
    """
    rows = {row.name: row for row in whole_rounds(new).variants}
    found = None if old is None else changes(old, new)
    against = () if found is None else tuple(thresholds(found, budgets.baseline, timings=timings))
    checks: list[Check] = []
    for name in names:
        in_baseline = found is not None and name in found.old
        if not (in_baseline or budgets.limit(name)):
            continue
        checks += _presence(name, rows.get(name))
        if name in rows and not rows[name].left_out:
            held = limits(rows[name], budgets.of(name), new.conditions.seed)
            failed = rows[name].status == "failed"  # which is a miss by itself, told once
            checks += [one for one in held if not (failed and one.value is None)]
            checks += [one for one in against if one.variant == name]
    return Verdict(tuple(checks), () if found is None else tuple(_notes(found, timings)))


def _presence(name: str, row: Optional[VariantRecord]) -> Iterator[Check]:
    """Whether the variant is there and whole."""
    if row is None:
        yield Check(name, "variant", "matrix", "missed", "it isn't in the record")
    elif row.left_out:
        yield Check(name, "variant", "matrix", "not compared", f"left out: {row.reason}")
    elif row.status == "failed":
        told = f"it failed ({row.failed_step}): {row.reason}"
        yield Check(name, "variant", "matrix", "missed", told)


def _notes(found: Changes, timings: bool) -> Iterator[str]:
    yield from words.about_variants(found)
    if timings:
        yield from words.about_conditions(found)
        yield from words.about_noise(found)
