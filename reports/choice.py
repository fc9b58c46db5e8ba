"""Which variant to ship, in sentences that hold; what the noise leaves open isn't said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.record_types import Record, VariantRecord
from reports.columns import LATENCY_P95
from reports.image_columns import SIZE
from reports.judgement import number
from reports.lost import lost
from reports.markup import code, listed
from reports.near_best import NEAR, near_best
from reports.pareto import front
from reports.tails import Tails, judge_tails


def choices(record: Record) -> tuple[str, ...]:
    """Sentences in Markdown; none where there is nothing to choose from."""
    tails = judge_tails(record)
    if len(tails.rows) < 2:
        return ()
    if tails.unjudged:
        return (
            "None is named: fewer than 6 containers of each variant tell too little of its p95.",
        )
    return (*_sentences(record, tails), *map(_apart, tails.apart))


def _sentences(record: Record, tails: Tails) -> Iterator[str]:
    yield _front(tails)
    chosen = near_best(tails)
    yield from _smallest(chosen, tails, "")
    exact = tails.among([row.name for row in tails.rows if not _approximates(row)])
    if any(map(_approximates, chosen)) and len(exact.rows) > 1:
        of = f"Of those that compute the same as {code(record.reference)}, "
        yield from _smallest(near_best(exact), exact, of)
    for row in chosen:
        yield from lost(record, row)


def _apart(name: str) -> str:
    return (
        f"{code(name)} takes no part: it was measured under other conditions than the others"
        " (see every pair of variants)."
    )


def _front(tails: Tails) -> str:
    names = front(tails)
    told = listed([_figures(row) for name in names for row in tails.among([name]).rows])
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
