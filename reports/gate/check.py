"""One thing that a variant was held to, and how that ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Optional, Union

from bench.comparison import Comparison
from bench.statistics import Interval

Outcome = Literal["held", "missed", "not sure", "not compared"]
Against = Literal["budget", "baseline", "matrix"]
Number = Union[None, bool, int, float]


@dataclass(frozen=True)
class Check:
    """One limit of one variant.

    Attributes:
        key: of the budget, such as `size`; `variant` for being there and whole.
        against: `matrix` for a variant that has to be in the record.
        outcome: `not sure` where the noise is larger than what is missed; it fails nothing.
        told: what was found, in one sentence without the variant's name.
        value, limit, baseline: in bytes or ms; None where there is none, or it is no number.
        interval: 95 %, of a noisy value.
        comparison: of a noisy metric with the baseline's.
        evidence: what grew, or is the largest; packages, layers, names.
    """

    variant: str
    key: str
    against: Against
    outcome: Outcome
    told: str
    value: Number = None
    limit: Number = None
    baseline: Number = None
    interval: Optional[Interval] = None
    comparison: Optional[Comparison] = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """All checks of a record, in the order of variants, and what to know of them."""

    checks: tuple[Check, ...]
    notes: tuple[str, ...] = ()

    def ended(self, outcome: Outcome) -> tuple[Check, ...]:
        """The checks that ended so."""
        return tuple(check for check in self.checks if check.outcome == outcome)

    @property
    def holds(self) -> bool:
        """Whether nothing was missed."""
        return not self.ended("missed")
