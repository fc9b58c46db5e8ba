"""The comparison as JSON: a list of objects, one a variant, for programs and CI gates."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Optional

from bench.comparison import Comparison
from bench.record_types import Record, VariantRecord
from reports import columns, image_columns, start_columns, usage_columns
from reports.certainty import certainty_of
from reports.column import Column
from reports.formats import finite
from reports.imports import module_ms
from reports.pull_columns import PULL
from reports.service_columns import JSON as SERVICE
from reports.service_load import load_json
from reports.throughput import Rate, pictures_per_s
from reports.training_json import trained
from reports.verdicts import Verdicts, judge

_KEYS = {start_columns.COLD_START: "cold_start", columns.LATENCY_P50: "latency"}


def render(record: Record) -> str:
    """The JSON text, ending in a line feed; `docs/report.md` describes its keys.

    Args:
        record: the run.

    Returns:
        A list in the record's order; an unknown value is null, and its n is 0.
    """
    verdicts = judge(record, columns.JUDGED)
    rows = [_row(record, variant, verdicts) for variant in record.variants]
    return json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _row(record: Record, variant: VariantRecord, verdicts: Verdicts) -> dict[str, Any]:
    return {
        "variant": variant.name,
        "status": columns.STATUS.value(variant),
        "reason": variant.reason,
        **_values(variant, image_columns.JSON),
        "categories": _values(variant, image_columns.CATEGORIES),
        "hints": _hints(variant),
        **_timed(record, variant),
        "peak_memory_bytes": usage_columns.PEAK_MEMORY.value(variant),
        "outputs_match": columns.OUTPUTS_MATCH.value(variant),
        "max_abs_diff": finite(columns.MAX_ABS_DIFF.value(variant)),
        "top1": _top1(variant),
        **_measured_apart(variant),
        **_service(variant),
        **trained(variant),
        "compared_with": _compared(record, variant, verdicts),
        "not_compared_with": _not_compared(record, variant, verdicts),
    }


def _timed(record: Record, variant: VariantRecord) -> dict[str, Any]:
    seed = record.conditions.seed
    cold_start, latency = start_columns.COLD_START, columns.LATENCY_P50
    return {
        "cold_start_ms": {
            "median": _rounded(cold_start.value(variant)),
            "n": start_columns.COLD_STARTS.value(variant) or 0,
            **_certainty(variant, cold_start, seed),
            "disturbed": start_columns.DISTURBED.value(variant),
        },
        "latency_ms": {
            "p50": _rounded(latency.value(variant)),
            "p95": _rounded(columns.LATENCY_P95.value(variant)),
            "n": columns.REQUESTS.value(variant) or 0,
            **_certainty(variant, latency, seed),
        },
        "phases_ms": {
            column.key[: -len("_ms")]: _rounded(column.value(variant))
            for column in start_columns.PHASES
            if column is not start_columns.READY or column.value(variant) is not None
        },
    }


def _certainty(variant: VariantRecord, column: Column, seed: int) -> dict[str, Any]:
    interval, half_width, outliers = (one.value(variant) for one in certainty_of(column, seed))
    return {"interval": _rounded(interval), "half_width": half_width, "outliers": outliers}


def _measured_apart(variant: VariantRecord) -> dict[str, Any]:
    """What has samples of its own; empty where there are none, with the reasons beside it."""
    rates = pictures_per_s(variant).items()
    used = [column for column in usage_columns.USAGE if column is not usage_columns.PEAK_MEMORY]
    return {
        "usage": {key: _rounded(value) for key, value in _values(variant, used).items()},
        "import_self_ms": {name: _rounded(ms) for name, ms in module_ms(variant).items()},
        "throughput": [
            {**setting._asdict(), "pictures_per_s": _rounded(rate.median), **_range(rate)}
            for setting, rate in rates
        ],
        "pull": {key: _rounded(value) for key, value in _values(variant, PULL).items()},
        "missing": [lack.model_dump() for lack in variant.missing],
    }


def _service(variant: VariantRecord) -> dict[str, Any]:
    """Of a service alone: its starts, memory and loads."""
    if not variant.starts:
        return {}
    figures = {key: _rounded(value) for key, value in _values(variant, SERVICE).items()}
    return {"service": {**figures, "loads": load_json(variant)}}


def _range(rate: Rate) -> dict[str, Any]:
    """Of the containers' rates."""
    ends = {"lowest": _rounded(rate.lowest), "highest": _rounded(rate.highest)}
    return {**ends, "containers": rate.containers}


def _compared(record: Record, variant: VariantRecord, verdicts: Verdicts) -> dict[str, Any]:
    """This variant against each other one, as the candidate: a ratio above 1 is slower."""
    found: dict[str, dict[str, Any]] = {}
    for other in record.variants:
        for column, key in _KEYS.items():
            told = verdicts.of(column, other.name, variant.name)
            if told is not None:
                found.setdefault(other.name, {})[key] = _comparison(told)
    return found


def _comparison(told: Comparison) -> Mapping[str, Any]:
    return {
        "verdict": told.verdict,
        "ratio": _rounded(told.ratio),
        "interval": _rounded(told.interval),
        "corrected_p": told.corrected_p,
        "noise_floor": _rounded(told.noise_floor),
    }


def _not_compared(record: Record, variant: VariantRecord, verdicts: Verdicts) -> dict[str, Any]:
    """The conditions that differ, for each variant that this one isn't compared with."""
    differing = {
        other.name: verdicts.differing(other.name, variant.name) for other in record.variants
    }
    return {
        name: [condition.name for condition in conditions]
        for name, conditions in differing.items()
        if conditions
    }


def _values(variant: VariantRecord, columns: Sequence[Column]) -> dict[str, Any]:
    """Each column under its key; a list where the column has names."""
    return {column.key: column.value(variant) for column in columns}


def _hints(variant: VariantRecord) -> Optional[list[dict[str, Any]]]:
    """What each hint would save, in the record's order; evidence and advice are in the record."""
    if variant.image is None:
        return None
    return [
        hint.model_dump(include={"id", "saves_bytes", "saves_ms"}) for hint in variant.image.hints
    ]


def _top1(variant: VariantRecord) -> Optional[dict[str, Any]]:
    """On what share of the pictures the best class is the reference's, and on what it must be."""
    found = variant.verification
    if found is None:
        return None
    return {"agreement": found.top1_agreement, "wanted": found.top1_wanted}


def _rounded(value: Any) -> Any:
    """A number, or both ends of an interval, to 0.001; for milliseconds what the clocks resolve."""
    if isinstance(value, tuple):
        return [_rounded(end) for end in value]
    return round(value, 3) if isinstance(value, float) else value
