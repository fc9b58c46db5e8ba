"""How the latencies of each variant's requests are distributed."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from bench.record_types import Record, VariantRecord
from reports import figures
from reports.column import part_of
from reports.columns import LATENCY_P50, LATENCY_P95
from reports.judgement import number
from reports.markup import one_line
from reports.pictures.picture import Caption
from reports.pictures.scale import wide

BINS = 72


@dataclass(frozen=True)
class Distribution:
    """One variant's requests.

    Attributes:
        variant: its name.
        shares: of all requests, 0 to 1, in each bin of `Distributions`.
        p50_ms: as the tables have it, the median of the containers' medians.
        p95_ms: over all requests; None where they are too few for it.
    """

    variant: str
    shares: tuple[float, ...]
    p50_ms: float
    p95_ms: Optional[float]


@dataclass(frozen=True)
class Distributions:
    """All variants over the same bins; `edges_ms` has one more than there are bins."""

    edges_ms: tuple[float, ...]
    logarithmic: bool
    each: tuple[Distribution, ...]


def distributions(record: Record) -> Optional[Distributions]:
    """The measured variants in the record's order; None where no request was counted."""
    found = {row.name: _latencies_ms(row) for row in record.variants}
    rows = [row for row in record.variants if found[row.name]]
    if not rows:
        return None
    lowest = min(min(found[row.name]) for row in rows)
    highest = max(max(found[row.name]) for row in rows)
    logarithmic = wide(lowest, highest)
    edges_ms = _edges(lowest, highest, logarithmic)
    each = tuple(_distribution(row, found[row.name], edges_ms) for row in rows)
    return Distributions(edges_ms, logarithmic, each)


def _latencies_ms(row: VariantRecord) -> tuple[float, ...]:
    return figures.latencies_ms(part_of(row, LATENCY_P95.part) or ())


def _edges(lowest: float, highest: float, logarithmic: bool) -> tuple[float, ...]:
    """Bins of equal width on the axis, from the smallest latency to the largest."""
    steps = [place / BINS for place in range(BINS + 1)]
    if logarithmic:
        reach = math.log(highest / lowest)
        return tuple(lowest * math.exp(step * reach) for step in steps)
    reach = highest - lowest or lowest or 1.0
    return tuple(lowest + step * reach for step in steps)


def _distribution(
    row: VariantRecord, latencies_ms: Sequence[float], edges_ms: Sequence[float]
) -> Distribution:
    counts = [0] * BINS
    for latency_ms in latencies_ms:
        counts[min(bisect_right(edges_ms, latency_ms), BINS) - 1] += 1
    shares = tuple(count / len(latencies_ms) for count in counts)
    p50_ms = number(LATENCY_P50, row) or 0.0
    return Distribution(row.name, shares, p50_ms, number(LATENCY_P95, row))


def caption(found: Distributions) -> Caption:
    """What the picture of them shows."""
    text = (
        "Histograms of the latencies of all requests, one a variant, over one axis in ms, with p50"
        f" and p95: {'; '.join(map(_told, found.each))}."
    )
    return Caption("latency", "Latency of all requests", one_line(text))


def _told(one: Distribution) -> str:
    tail = "" if one.p95_ms is None else f" and {LATENCY_P95.show(one.p95_ms)}"
    return f"{one.variant} {LATENCY_P50.show(one.p50_ms)}{tail}"
