"""Load as tables: answers a second and latencies at each concurrency, latencies at each rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bench.record_types import Record, VariantRecord
from bench.service_types import LoadSample
from bench.statistics import percentile
from reports.formats import count, decimals
from reports.markup import MISSING, code, escape, table
from reports.service_figures import (
    Kind,
    answers_per_s,
    by_kind,
    errors,
    kinds,
    late_ms,
    latencies_ms,
    rejected,
)

PERCENTILES = (0.5, 0.95, 0.99)
_ms = decimals(1)
_rate = decimals(1)
_LATENCIES = ("p50, ms", "p95, ms", "p99, ms", "answers")


def throughput(record: Record) -> str:
    """Right answers a second: a row a variant, a column a concurrency; empty without any."""
    closed = kinds(record, "closed")
    rows = [
        [code(row.name), *(_throughput(row, kind) for kind in closed)]
        for row in record.variants
        if any(kind.loop == "closed" for kind in by_kind(row))
    ]
    if not rows:
        return ""
    headings = ["variant", *(f"{kind.value:g} at a time" for kind in closed)]
    return table(headings, rows, ["left", *["right"] * len(closed)])


def _throughput(row: VariantRecord, kind: Kind) -> str:
    loads = by_kind(row).get(kind)
    if not loads:
        return MISSING
    rate = answers_per_s(loads)
    return f"{_rate(rate.median)} ({_rate(rate.lowest)} to {_rate(rate.highest)})"


def latencies_at_a_time(record: Record) -> str:
    """A row a variant and concurrency; empty without any."""
    lines = [
        [code(row.name), f"{kind.value:g}", *_latencies(loads), *_failures(loads)]
        for row, kind, loads in _each(record, "closed")
    ]
    headings = ["variant", "at a time", *_LATENCIES, "rejected", "errors"]
    return _table(headings, lines)


def latencies_at_rates(record: Record) -> str:
    """A row a variant and rate; empty without any."""
    lines = [
        [
            *(code(row.name), f"{kind.value:g}", _rate(answers_per_s(loads).median)),
            *_latencies(loads),
            *_failures(loads),
            _percentile(late_ms(loads), 0.5),
        ]
        for row, kind, loads in _each(record, "open")
    ]
    headings = ["variant", "arrivals/s", "answers/s", *_LATENCIES, "rejected", "errors"]
    return _table([*headings, "sent late p50, ms"], lines)


def _table(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return table(headings, lines, ["left", *["right"] * (len(headings) - 1)]) if lines else ""


def _each(record: Record, loop: str) -> Iterator[tuple[VariantRecord, Kind, Sequence[LoadSample]]]:
    for row in record.variants:
        for kind, loads in sorted(by_kind(row).items()):
            if kind.loop == loop:
                yield row, kind, loads


def _latencies(loads: Sequence[LoadSample]) -> list[str]:
    found = latencies_ms(loads)
    return [*(_percentile(found, q) for q in PERCENTILES), count(len(found))]


def _percentile(values: Sequence[float], q: float) -> str:
    found = percentile(values, q) if values else None
    return MISSING if found is None else _ms(found)


def _failures(loads: Sequence[LoadSample]) -> list[str]:
    other = errors(loads)
    told = "; ".join(f"{escape(what)}: {number}" for what, number in sorted(other.items()))
    return [count(rejected(loads)), told or "0"]


def load_json(row: VariantRecord) -> list[dict[str, Any]]:
    """Each load's figures, for programs."""
    return [
        {
            "loop": kind.loop,
            "concurrency" if kind.loop == "closed" else "rate": kind.value,
            **{name: round(value, 3) for name, value in answers_per_s(loads)._asdict().items()},
            **_json_percentiles(latencies_ms(loads)),
            "answers": len(latencies_ms(loads)),
            "containers": len(loads),
            "rejected": rejected(loads),
            "errors": dict(errors(loads)),
        }
        for kind, loads in sorted(by_kind(row).items())
    ]


def _json_percentiles(values: Sequence[float]) -> dict[str, Any]:
    found = {q: percentile(values, q) if values else None for q in PERCENTILES}
    return {
        f"p{100 * q:g}_ms": None if value is None else round(value, 3) for q, value in found.items()
    }
