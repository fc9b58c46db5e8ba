"""Runs of one variant each, joined into one record: what separate CI jobs measured.

Every job measures the reference too, to check its variant's answers against. The reference's row is
kept once: of the run that was for the reference alone, since that was taken like all others'; where
there is none, of the run whose variant comes first in the matrix. Both are the same whichever order
the records come in. Rows keep the name of their run (`part`), so that no time of one run is judged
against another's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from bench.condition_types import ModelFact
from bench.mergeable import OneRun, one_run, require_mergeable
from bench.record_types import Part, Record, VariantRecord
from bench.stop_rule import Decision


def merged(records: Sequence[tuple[str, Record]]) -> Record:
    """One record of all variants, in the order of the matrix.

    Args:
        records: one or more, each with the file that it came from; one that was merged already
            may only stand alone, and is given back.

    Raises:
        ConfigurationError: one isn't a finished run of a single variant, or together they make no
            record; see `bench.mergeable`.
    """
    if len(records) == 1 and records[0][1].parts:
        return records[0][1]
    runs = [one_run(file, record) for file, record in records]
    require_mergeable(runs)
    order = [row.name for row in runs[0].record.variants]
    runs.sort(key=lambda run: order.index(run.name))
    return _Joined(runs, _home(runs)).record(order)


def _home(runs: Sequence[OneRun]) -> OneRun:
    """The run that the reference's row is kept of."""
    with_it = [run for run in runs if run.has_reference]
    alone = (run for run in with_it if run.name == run.record.reference)
    return next(alone, with_it[0])


@dataclass(frozen=True)
class _Joined:
    """Runs in the order of the matrix; the environment and A/A pair are those of `home`."""

    runs: Sequence[OneRun]
    home: OneRun

    def record(self, order: Sequence[str]) -> Record:
        return self.home.record.model_copy(
            update={
                "started_at": min(run.record.started_at for run in self.runs),
                "models": self._models(),
                "variants": tuple(map(self._row, order)),
                "sampled": tuple(name for run in self.runs for name in self._sampled(run)),
                "measured_s": sum(run.record.measured_s for run in self.runs),
                "load1": None,
                "stop": self._stop(),
                "parts": tuple(map(_part, self.runs)),
            }
        )

    def _row(self, name: str) -> VariantRecord:
        found = {run.name: run for run in self.runs}.get(name)
        run = self.home if name == self.home.record.reference else found
        rows = {row.name: row for row in (run or self.home).record.variants}
        return rows[name].model_copy(update={"part": run.name if run else ""})

    def _sampled(self, run: OneRun) -> Iterator[str]:
        """What was measured in a run and is kept of it."""
        return (name for name in run.record.sampled if run is self.home or name == run.name)

    def _models(self) -> tuple[ModelFact, ...]:
        """Each export once; those of different machines may differ in last bits of weights."""
        found: list[ModelFact] = []
        for run in self.runs:
            found += [model for model in run.record.models if model not in found]
        return tuple(found)

    def _stop(self) -> Optional[Decision]:
        """Why measuring ended, in one decision: precise only where every run was."""
        stops = [run.record.stop for run in self.runs if run.record.stop is not None]
        if not stops:
            return None
        going = [stop for stop in stops if stop.reason != "nobody left"] or stops
        worst = next((stop for stop in going if stop.reason != "precise"), going[0])
        together = {
            "samples": min(stop.samples for stop in going),
            "elapsed_s": sum(stop.elapsed_s for stop in stops),
            "half_widths": {k: v for run in self.runs for k, v in self._half_widths(run).items()},
        }
        return worst.model_copy(update=together)

    def _half_widths(self, run: OneRun) -> Mapping[str, Optional[float]]:
        known = run.record.stop.half_widths if run.record.stop else {}
        return {name: known[name] for name in self._sampled(run) if name in known}


def _part(run: OneRun) -> Part:
    known = run.record
    return Part(
        name=run.name,
        started_at=known.started_at,
        environment=known.environment,
        sampled=known.sampled,
        measured_s=known.measured_s,
        load1=known.load1,
        stop=known.stop,
    )
