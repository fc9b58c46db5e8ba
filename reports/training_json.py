"""What a JSON report tells of a variant's trainings."""

from __future__ import annotations

from typing import Any

from bench.record_types import VariantRecord
from reports.training_columns import DIFFERENCE, EQUAL, OF_TRAININGS, mean_bytes, peak_bytes


def trained(variant: VariantRecord) -> dict[str, Any]:
    """The keys `weights` and `training`; empty for a variant that doesn't train.

    Values are those of the page, in the units of their keys; an unknown one is null.
    """
    if variant.weights is None and not variant.training:
        return {}
    found = variant.weights
    return {
        "weights": {
            "equal": EQUAL.value(variant),
            "max_abs_diff": DIFFERENCE.value(variant),
            "tolerance": found.tolerance if found else None,
            "of": dict(found.weights) if found else {},
        },
        "training": {
            **{column.key: column.value(variant) for column in OF_TRAININGS},
            "runs": [
                {
                    "round": run.round,
                    "running_ns": run.running_ns,
                    "cpu_ns": run.cpu_ns,
                    "peak_used_bytes": peak_bytes(run),
                    "mean_used_bytes": mean_bytes(run),
                    "readings": len(run.memory),
                }
                for run in variant.training
            ],
        },
    }
