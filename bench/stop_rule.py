"""When enough samples were taken: all medians are precise, time is up, or it is the most.

The rule looks at how wide the intervals are, never at whether variants differ. So looking after
every round doesn't raise the rate of false alarms, as stopping at the first p < 0.05 would: where
variants are equal, the width says nothing of which one happens to be ahead. What looking does is
to favour rounds in which the samples happen to lie close together, which makes the intervals
slightly too narrow: with at least `FEWEST` samples, a 95 % interval at the stop held the median in
90 to 94 % of made-up runs, with at least 6 in 86 %.
Source: Y. S. Chow and H. Robbins, On the Asymptotic Theory of Fixed-Width Sequential Confidence
Intervals for the Mean, Annals of Mathematical Statistics 36 (1965), 457-462.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Optional

from bench.condition_types import Frozen
from bench.statistics import relative_half_width

FEWEST = 20  # samples of each variant before precision is judged
MOST = 100

StopReason = Literal["go on", "precise", "out of time", "most rounds", "nobody left"]


@dataclass(frozen=True)
class StopRule:
    """What was asked for.

    Attributes:
        precision: half-width of the median's 95 % interval as a share of the median.
        max_time_s: no round begins after this time, however wide the intervals are.
        seed: of the intervals.
        fewest: samples of each variant before precision is judged.
        most: samples of each variant after which it ends in any case.
    """

    precision: float
    max_time_s: float
    seed: int
    fewest: int = FEWEST
    most: int = MOST


class Decision(Frozen):
    """What to do, and why: `half_widths` as shares of the medians, None for too few samples.

    Attributes:
        reason: why it ended, or `go on`.
        samples: rounds that were taken.
        elapsed_s: how long they took.
        precision: what was asked for, as a share of the median.
        half_widths: of each variant's least precise median, as a share of it; None where it isn't
            known.
    """

    reason: StopReason
    samples: int
    elapsed_s: float
    precision: float
    half_widths: Mapping[str, Optional[float]]

    @property
    def imprecise(self) -> tuple[str, ...]:
        """Variants whose interval is unknown, or wider than asked for, the widest first."""
        widths = {
            name: math.inf if width is None else width for name, width in self.half_widths.items()
        }
        wide = (name for name, width in widths.items() if width > self.precision)
        return tuple(sorted(wide, key=lambda name: (-widths[name], name)))

    @property
    def widest(self) -> Optional[tuple[str, float]]:
        """The variant with the widest interval, and its half-width; None while one is unknown."""
        known = [(name, width) for name, width in self.half_widths.items() if width is not None]
        if not known or len(known) < len(self.half_widths):
            return None
        return max(sorted(known), key=lambda one: one[1])

    @property
    def sentence(self) -> str:
        """Why it ended, in words."""
        rounds = f"{self.samples} round{'' if self.samples == 1 else 's'}"
        if self.reason == "nobody left":
            return "stopped: there was no variant left to measure"
        if self.reason == "precise":
            return f"stopped after {rounds}: {self._precision_told}"
        if self.reason == "out of time":
            after = f"{self.elapsed_s:.0f} s and {rounds}"
            return f"ran out of time after {after}: {self._precision_told}"
        if self.reason == "most rounds":
            return f"stopped after {rounds}, the most that were asked for: {self._precision_told}"
        return f"{rounds} so far"

    @property
    def _precision_told(self) -> str:
        within = f"within {_percent(self.precision)}"
        if not self.imprecise:
            return f"all medians {within}"
        widths = ", ".join(f"{name} {_percent(self.half_widths[name])}" for name in self.imprecise)
        return f"medians not {within}: {widths}"


def decide(
    samples: Mapping[str, Sequence[Sequence[float]]], elapsed_s: float, rule: StopRule
) -> Decision:
    """Whether to take another round.

    Args:
        samples: what the run is stopped by, by variant: each of its figures, with one value a
            container. Variants that have failed are left out: nothing more comes of them.
        elapsed_s: since the first round began, time of earlier parts of a resumed run included.
        rule: what was asked for.

    Returns:
        The decision; a variant's half-width is that of its least precise figure. A round that has
        begun is always finished, even out of time, so that every variant has the same n: samples
        that differ in number mean "go on". So do too few of them while there is time.
    """
    counts = {len(values) for figures in samples.values() for values in figures}
    decision = Decision(
        reason="go on",
        samples=min(counts, default=0),
        elapsed_s=elapsed_s,
        precision=rule.precision,
        half_widths={name: _widest(figures, rule.seed) for name, figures in samples.items()},
    )
    return decision.model_copy(update={"reason": _reason(decision, counts, rule)})


def _reason(decision: Decision, counts: set[int], rule: StopRule) -> StopReason:
    if not counts:
        return "nobody left"
    if len(counts) > 1:
        return "go on"
    if decision.samples >= rule.fewest and not decision.imprecise:
        return "precise"
    if decision.samples >= rule.most:
        return "most rounds"
    return "out of time" if decision.elapsed_s >= rule.max_time_s else "go on"


def _widest(figures: Sequence[Sequence[float]], seed: int) -> Optional[float]:
    widths = [relative_half_width(values, seed) for values in figures]
    known = [width for width in widths if width is not None]
    return max(known, default=None) if len(known) == len(widths) else None


def _percent(share: Optional[float]) -> str:
    """Rounded up, so that what is too wide reads so; `unknown` for too few samples."""
    return "unknown" if share is None else f"{math.ceil(share * 1e4 - 1e-6) / 100:g} %"
