"""What trainings had in common, and the machine, as one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Optional

from bench.record_types import Record, VariantRecord
from bench.training_types import TrainingRun
from reports import fairness
from reports.formats import count


def conditions(record: Record) -> str:
    """Asked of every container, the machine, and what each variant's trainings tell."""
    run = {
        "seed of the order": str(record.conditions.seed),
        "time of the rounds": f"{record.measured_s:,.0f} s" if record.measured_s else "",
        "load before the rounds, 1 minute": fairness.load(record),
    }
    asked = {**fairness.container(record.conditions), **run, **fairness.machine(record)}
    return fairness.listed(record, asked, _OF_TRAININGS)


def _told(of: Callable[[TrainingRun], object]) -> fairness.Told:
    """The values of all trainings of a variant, each once."""

    def told(row: VariantRecord) -> Optional[str]:
        return ", ".join(dict.fromkeys(str(of(run)) for run in row.training)) or None

    return told


def _trainings(row: VariantRecord) -> Optional[str]:
    return count(len(row.training)) if row.training and row.status != "failed" else None


_OF_TRAININGS: Mapping[str, fairness.Told] = {
    "trainings": _trainings,
    "epochs": _told(lambda run: run.epochs),
    "seed of the toy data": _told(lambda run: run.seed),
    "threads used": _told(lambda run: run.threads_used),
    "Python": _told(lambda run: run.versions.get("python", "")),
    "torch": _told(lambda run: run.versions.get("torch", "")),
}
