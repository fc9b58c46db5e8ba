"""What images may weigh and take: `budgets` of a matrix, which `slimbench gate` holds them to.

Budgets judge a record and change nothing that is built or measured, so that the digest of the
matrix leaves them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Optional

from pydantic import BeforeValidator, Field, field_validator

from builders.matrix_values import Count, Frozen, Share, number
from builders.units import duration_ms, size_bytes

HintId = Literal[
    "secrets",
    "cuda-in-cpu-service",
    "build-tools",
    "package-manager-cache",
    "deleted-later",
    "metadata-only-layer",
    "duplicate-files",
    "unstripped-libraries",
    "headers-tests-static-libraries",
    "documentation-and-locales",
    "pip-left-in",
    "missing-bytecode",
    "root-user",
    "mutable-base-tag",
]
_Size = Annotated[int, BeforeValidator(size_bytes)]
_Time = Annotated[float, BeforeValidator(duration_ms)]
_Number = Annotated[Count, Field(ge=0)]
_Difference = Annotated[float, BeforeValidator(number), Field(ge=0, le=1)]


class Budget(Frozen):
    """Limits of an image, each the most that is allowed; None is no limit.

    Attributes:
        forbidden_tools: names or kinds of tools, as `slimbench inspect` tells them.
        root_user: whether the image may name no other user than root.
        hints: how many may be given.
        top1_agreement: the least share of the pictures.
    """

    size_bytes: Optional[_Size] = Field(default=None, alias="size")
    compressed_bytes: Optional[_Size] = Field(default=None, alias="compressed_size")
    layers: Optional[_Number] = None
    tools: Optional[_Number] = None
    forbidden_tools: tuple[str, ...] = ()
    root_user: Annotated[Optional[bool], Field(strict=True)] = None
    setuid: Optional[_Number] = None
    secrets: Optional[_Number] = None
    hints: Optional[_Number] = None
    forbidden_hints: tuple[HintId, ...] = ()
    cold_start_ms: Optional[_Time] = Field(default=None, alias="cold_start")
    latency_ms: Optional[_Time] = Field(default=None, alias="latency")
    p95_ms: Optional[_Time] = Field(default=None, alias="p95")
    peak_memory_bytes: Optional[_Size] = Field(default=None, alias="peak_memory")
    max_abs_diff: Optional[_Difference] = None
    top1_agreement: Optional[Share] = None

    @field_validator("*", mode="before")
    @classmethod
    def _says_something(cls, value: object) -> object:
        if value is None:
            raise ValueError("must not be empty; leave the key out where there is no limit")
        return value


class SizeGrowth(Frozen):
    """What may be added to a size: the larger of so many bytes and this share of it."""

    absolute_bytes: _Size = Field(default=1_000_000, alias="absolute")
    relative: _Difference = 0.01

    def allowed(self, before_bytes: float) -> float:
        """Bytes that may be added to so many."""
        return max(self.absolute_bytes, self.relative * before_bytes)


class TimeGrowth(Frozen):
    """What may be added to a time: the larger of so many ms and this share of it."""

    absolute_ms: _Time = Field(default=20.0, alias="absolute")
    relative: _Difference = 0.05

    def allowed(self, before_ms: float) -> float:
        """Milliseconds that may be added to so many."""
        return max(self.absolute_ms, self.relative * before_ms)


class BaselineBudget(Frozen):
    """What may be added to a variant since a baseline record; plain numbers are absolute.

    Attributes:
        tools, setuid, secrets, hints: how many more.
        top1_agreement: how much less.
    """

    size: SizeGrowth = SizeGrowth()
    compressed_size: SizeGrowth = SizeGrowth()
    layers: _Number = 0
    tools: _Number = 0
    setuid: _Number = 0
    secrets: _Number = 0
    hints: _Number = 0
    cold_start: TimeGrowth = TimeGrowth()
    latency: TimeGrowth = TimeGrowth.model_validate({"absolute": "1ms"})
    p95: TimeGrowth = TimeGrowth.model_validate({"absolute": "2ms", "relative": 0.1})
    peak_memory: SizeGrowth = SizeGrowth.model_validate({"absolute": "5MB", "relative": 0.05})
    max_abs_diff: _Difference = 1e-5
    top1_agreement: _Difference = 0.0


class Budgets(Frozen):
    """Limits for all variants, those of single ones, and what may be added since a baseline."""

    for_all: Budget = Field(default=Budget(), alias="all")
    variants: Mapping[str, Budget] = {}
    baseline: BaselineBudget = BaselineBudget()

    def of(self, variant: str) -> Budget:
        """The variant's limits: its own, and those for all that it doesn't say itself."""
        own = self.variants.get(variant, Budget())
        said = {name: getattr(own, name) for name in own.model_fields_set}
        return self.for_all.model_copy(update=said)

    def limit(self, variant: str) -> bool:
        """Whether the variant has any limit."""
        return bool(self.of(variant).model_dump(exclude_defaults=True))

    @property
    def of_growth(self) -> Budgets:
        """What may be added since a baseline alone."""
        return Budgets(baseline=self.baseline)
