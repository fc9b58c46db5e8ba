"""What may be added since a baseline record: `budgets.baseline` of a matrix."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from pydantic.config import JsonDict

from builders.matrix_values import Difference, Frozen, Number, Size, Time


class SizeGrowth(Frozen):
    """What may be added to a size: the larger of so many bytes and this share of it."""

    absolute_bytes: Size = Field(
        default=1_000_000,
        alias="absolute",
        description="a size that may be added",
        examples=["5MB"],
        json_schema_extra={"default": "1MB"},
    )
    relative: Difference = Field(
        default=0.01, description="a share of the baseline's that may be added", examples=[0.02]
    )

    def allowed(self, before_bytes: float) -> float:
        """Bytes that may be added to so many."""
        return max(self.absolute_bytes, self.relative * before_bytes)


class TimeGrowth(Frozen):
    """What may be added to a time: the larger of so many ms and this share of it."""

    absolute_ms: Time = Field(
        default=20.0,
        alias="absolute",
        description="a time that may be added",
        examples=["10ms"],
        json_schema_extra={"default": "20ms"},
    )
    relative: Difference = Field(
        default=0.05, description="a share of the baseline's that may be added", examples=[0.1]
    )

    def allowed(self, before_ms: float) -> float:
        """Milliseconds that may be added to so many."""
        return max(self.absolute_ms, self.relative * before_ms)


def _more(default: int, most: int) -> Any:
    return Field(default=default, description="how many more", examples=[most])


def _growth(kind: type[Frozen], absolute: str, relative: float) -> Any:
    """Both thresholds; what the schema tells as the default is what it is made from."""
    written: JsonDict = {"absolute": absolute, "relative": relative}
    return Field(
        default=kind.model_validate(written),
        description="both thresholds; the larger of them may be added",
        examples=[written],
        json_schema_extra={"default": written},
    )


class BaselineBudget(Frozen):
    """What may be added to a variant since a baseline record; plain numbers are absolute."""

    size: SizeGrowth = _growth(SizeGrowth, "1MB", 0.01)
    compressed_size: SizeGrowth = _growth(SizeGrowth, "1MB", 0.01)
    layers: Number = _more(0, 1)
    tools: Number = _more(0, 1)
    setuid: Number = _more(0, 1)
    secrets: Number = _more(0, 1)
    hints: Number = _more(0, 1)
    cold_start: TimeGrowth = _growth(TimeGrowth, "20ms", 0.05)
    latency: TimeGrowth = _growth(TimeGrowth, "1ms", 0.05)
    p95: TimeGrowth = _growth(TimeGrowth, "2ms", 0.1)
    peak_memory: SizeGrowth = _growth(SizeGrowth, "5MB", 0.05)
    max_abs_diff: Difference = Field(default=1e-5, description="how much larger", examples=[0.001])
    top1_agreement: Difference = Field(default=0.0, description="how much less", examples=[0.05])
