"""What a metric is to the reports; `reports.columns` lists them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Callable, Literal, Optional, Union

from bench.record_types import VariantRecord
from reports.formats import WORDS
from reports.markup import MISSING

Value = Union[None, bool, int, float, str, tuple[str, ...], tuple[float, float]]
Part = Literal[
    "variant",
    "image",
    "verification",
    "samples",
    "pulls",
    "weights",
    "training",
    "starts",
    "load",
]
_TIMED = ("samples", "pulls", "training", "starts", "load")


@dataclass(frozen=True)
class Column:
    """One metric.

    Attributes:
        key: its name in data frames; the unit it is kept in is part of it.
        heading: its name in tables.
        part: the part of a variant's record that it is computed from.
        get: that part to the value, in the unit of `key`.
        show: the value to Markdown, in `unit`.
        unit: the unit it is printed in; empty for words and counts.
        smaller_is_better: None where neither is.
        spread: that part to the independent samples behind a noisy value; None for an exact one.
        gap: why the value may be missing although its part is there.
        topic: what `heading` is about where a table says that once; empty where it says all.
    """

    key: str
    heading: str
    part: Part
    get: Callable[[Any], Value]
    show: Callable[[Any], str]
    unit: str = ""
    smaller_is_better: Optional[bool] = None
    spread: Optional[Callable[[Any], Sequence[float]]] = None
    gap: str = "too few samples"
    topic: str = ""

    @property
    def title(self) -> str:
        """Heading and unit."""
        return f"{self.heading}, {self.unit}" if self.unit else self.heading

    @property
    def name(self) -> str:
        """The heading where nothing else tells what it is about."""
        return f"{self.topic} {self.heading}".strip()

    @property
    def align(self) -> str:
        """Words to the left, numbers to the right."""
        return "left" if self.show in WORDS else "right"

    def value(self, variant: VariantRecord) -> Value:
        """The metric of a variant; None where it isn't known."""
        part = part_of(variant, self.part)
        return None if part is None else self.get(part)

    def samples(self, variant: VariantRecord) -> Sequence[float]:
        """The independent samples behind the value; none for an exact or unknown one."""
        part = part_of(variant, self.part)
        return () if part is None or self.spread is None else self.spread(part)

    def text(self, value: Value) -> str:
        """A value as Markdown."""
        return MISSING if value is None else self.show(value)


def part_of(variant: VariantRecord, part: Part) -> Any:
    """The part of a record that a column reads; None where the run didn't come that far."""
    if part == "variant":
        return variant
    if part in _TIMED and variant.status == "failed":
        return None  # the times of a variant that broke off or answered wrongly mean nothing
    return getattr(variant, part) or None
