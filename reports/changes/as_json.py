"""What changed between two records, for programs; `docs/gate.md` describes the keys."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from reports.changes import words
from reports.changes.page import parts_of
from reports.changes.shifts import Changes, Shift
from reports.formats import finite

VERSION = 1  # raise it when a field goes, or comes to mean something else


def rendered(found: Changes) -> str:
    """The JSON text, ending in a line feed; an unknown value is null."""
    content = {
        "version": VERSION,
        "added": list(found.added),
        "removed": list(found.removed),
        "changed": any(shift.counts for shift in found.shifts) or found.has_other_variants,
        "variants": [_variant(found, name) for name in found.shared],
        "notes": list(words.about_noise(found)),
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _variant(found: Changes, name: str) -> dict[str, Any]:
    parts = [part for kind in parts_of(found, name) for part in kind]
    return {
        "variant": name,
        "status": [found.old[name].status, found.new[name].status],
        "same_inputs": name in found.unchanged,
        "not_compared": [one.model_dump() for one in found.apart.get(name, ())],
        "metrics": {one.metric.key: _shift(one) for one in found.shifts if one.variant == name},
        "parts": [asdict(part) for part in parts],
    }


def _shift(shift: Shift) -> dict[str, Any]:
    found = shift.comparison
    told = {
        "before": finite(shift.before),
        "after": finite(shift.after),
        "difference": finite(shift.difference),
        "changed": shift.counts,
    }
    if not shift.metric.is_noisy:
        return told
    return {
        **told,
        "verdict": None if found is None else found.verdict,
        "ratio": None if found is None else found.ratio,
        "ratio_interval": None if found is None else found.interval,
        "corrected_p": None if found is None else found.corrected_p,
        "noise_floor": None if found is None else found.noise_floor,
    }
