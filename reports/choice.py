"""Which variant to ship, in sentences that hold; what the noise leaves open isn't said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.record_types import Record, VariantRecord
from builders.budget_settings import Budgets
from reports.columns import LATENCY_P95
from reports.image_columns import SIZE
from reports.judgement import number
from reports.lost import lost
from reports.markup import code, listed
from reports.near_best import NEAR, near_best
from reports.pareto import front
from reports.tails import Tails, judge_tails
from reports.within_budget import NO_BUDGETS, Standing, best_within, standings


def choices(record: Record, budgets: Budgets = NO_BUDGETS) -> tuple[str, ...]:
    """Sentences in Markdown; none where there is nothing to choose from.

    Args:
        record: the run.
        budgets: the matrix's.
    """
    tails = judge_tails(record)
    if len(tails.rows) < 2:
        return ()
    if tails.unjudged:
        return (
            "None is named: fewer than 6 containers of each variant tell too little of its p95.",
        )
    return (*_sentences(record, tails, budgets), *map(_apart, tails.apart))


def _sentences(record: Record, tails: Tails, budgets: Budgets) -> Iterator[str]:
    yield _front(tails)
    chosen = near_best(tails)
    yield from _smallest(chosen, tails, "")
    exact = tails.among([row.name for row in tails.rows if not _approximates(row)])
    if any(map(_approximates, chosen)) and len(exact.rows) > 1:
        of = f"Of those that compute the same as {code(record.reference)}, "
        yield from _smallest(near_best(exact), exact, of)
    standing = standings(record, budgets, tails)
    within = best_within(tails, standing)
    yield from _within(within, tails, standing)
    recommended = dict.fromkeys([*(row.name for row in chosen), *within])
    for row in tails.rows:
        if row.name in recommended:
            yield from lost(record, row)


def _within(names: Sequence[str], tails: Tails, standing: Mapping[str, Standing]) -> Iterator[str]:
    """The best of those that hold their budgets; nothing where that isn't known."""
    held = list(standing.values()).count("held")
    if standing and set(standing.values()) == {"missed"}:
        yield "None of these variants holds its budget; `slimbench gate` tells what each misses."
    elif names and held == 1:
        yield f"{_named(names, tails)} is the only one that surely holds its budget."
    elif len(names) == 1:
        yield (
            f"{_named(names, tails)} is the best of the {held} that surely hold their budgets: none"
            " of them is smaller, and none is faster by more than noise."
        )
    elif names:
        yield (
            f"Of the {held} variants that surely hold their budgets, {_named(names, tails)} are the"
            " Pareto front."
        )


def _named(names: Sequence[str], tails: Tails) -> str:
    return listed([_figures(row) for name in names for row in tails.among([name]).rows])


def _apart(name: str) -> str:
    return (
        f"{code(name)} takes no part: it was measured under other conditions than the others"
        " (see every pair of variants)."
    )


def _front(tails: Tails) -> str:
    names = front(tails)
    told = _named(names, tails)
    if len(names) == 1:
        return (
            f"{told} alone is the Pareto front of size against p95: no other is smaller, and none"
            " is faster by more than noise."
        )
    others = (
        " Each other variant is beaten by one of these: it isn't smaller, and not faster by more"
        " than noise."
    )
    return (
        f"The Pareto front of size against p95, from the smallest: {told}. Of two of different"
        f" size, the larger is faster.{others if len(names) < len(tails.rows) else ''}"
    )


def _smallest(chosen: Sequence[VariantRecord], tails: Tails, of: str) -> Iterator[str]:
    """Who is the smallest that is nearly the fastest; nothing where that isn't known."""
    if not chosen:
        return
    lowest = min(tails.rows, key=_p95_ms)
    own = any(_p95_ms(row) == _p95_ms(lowest) for row in chosen)
    best = "" if own else f", which is that of {_figures(lowest)}"
    verb = "is the smallest image" if len(chosen) == 1 else "are the smallest images"
    names = listed([_figures(row) for row in chosen])
    yield f"{of}{names} {verb} with a p95 within {100 * NEAR - 100:.0f} % of the best{best}."


def _figures(row: VariantRecord) -> str:
    size, p95 = SIZE.text(SIZE.value(row)), LATENCY_P95.text(LATENCY_P95.value(row))
    return f"{code(row.name)} ({size} MB, {p95} ms)"


def _p95_ms(row: VariantRecord) -> float:
    return number(LATENCY_P95, row) or 0.0


def _approximates(row: VariantRecord) -> bool:
    """Whether it is held to a share of best classes alone, and may answer otherwise."""
    return row.verification is not None and row.verification.top1_wanted is not None
