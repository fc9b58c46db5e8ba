"""What images may weigh and take: `budgets` of a matrix, which `slimbench gate` holds them to.

Budgets judge a record and change nothing that is built or measured, so that the digest of the
matrix leaves them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Optional

from pydantic import Field, field_validator

from builders.baseline_settings import BaselineBudget
from builders.matrix_values import Difference, Flag, Frozen, Number, Share, Size, Time

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


class Budget(Frozen):
    """Limits of an image, each the most that is allowed unless it says otherwise."""

    size_bytes: Optional[Size] = Field(
        default=None,
        alias="size",
        description="a size such as `180MB`: the sum of the layer archives",
        examples=["180MB", "2GiB"],
    )
    compressed_bytes: Optional[Size] = Field(
        default=None,
        alias="compressed_size",
        description="a size: the same, as a registry stores it",
        examples=["75MB"],
    )
    layers: Optional[Number] = Field(default=None, description="how many layers", examples=[8])
    tools: Optional[Number] = Field(
        default=None,
        description="how many different tools: shells, package managers, compilers and so on",
        examples=[0],
    )
    forbidden_tools: tuple[str, ...] = Field(
        default=(),
        description="a list of tools (`bash`, `pip`) or kinds of them (`shell`, `package manager`,"
        " `compiler`, `version control`, `downloader`, `editor`, `debugger`) that must not be"
        " there",
        examples=[["compiler", "pip"]],
    )
    root_user: Optional[Flag] = Field(
        default=None,
        description="`false`: the image must name another user than root",
        examples=[False],
    )
    setuid: Optional[Number] = Field(
        default=None, description="how many files with the setuid bit", examples=[0]
    )
    secrets: Optional[Number] = Field(
        default=None, description="how many things that look like secrets", examples=[0]
    )
    hints: Optional[Number] = Field(default=None, description="how many hints", examples=[2])
    forbidden_hints: tuple[HintId, ...] = Field(
        default=(),
        description="a list of ids of hints that must not be given: docs/hints.md",
        examples=[["pip-left-in", "secrets"]],
    )
    cold_start_ms: Optional[Time] = Field(
        default=None,
        alias="cold_start",
        description="a time such as `300ms` or `1.5s`: the median",
        examples=["300ms", "1.5s"],
    )
    latency_ms: Optional[Time] = Field(
        default=None, alias="latency", description="a time: the median request", examples=["10ms"]
    )
    p95_ms: Optional[Time] = Field(
        default=None,
        alias="p95",
        description="a time: of all counted requests",
        examples=["15ms"],
    )
    peak_memory_bytes: Optional[Size] = Field(
        default=None,
        alias="peak_memory",
        description="a size: the largest of any container",
        examples=["150MB"],
    )
    max_abs_diff: Optional[Difference] = Field(
        default=None,
        description="largest difference of a class probability from the reference's, 0 to 1",
        examples=[0.0001],
    )
    top1_agreement: Optional[Share] = Field(
        default=None,
        description="the least share of pictures whose best class is the reference's, 0.001 to 1",
        examples=[0.9],
    )

    @field_validator("*", mode="before")
    @classmethod
    def _says_something(cls, value: object) -> object:
        if value is None:
            raise ValueError("must not be empty; leave the key out where there is no limit")
        return value


class Budgets(Frozen):
    """Limits for all variants, those of single ones, and what may be added since a baseline."""

    for_all: Budget = Field(
        default_factory=Budget,
        alias="all",
        description="limits of every variant",
        examples=[{"root_user": False, "secrets": 0}],
    )
    variants: Mapping[str, Budget] = Field(
        default={},
        description="limits by variant; what a variant says replaces what `all` says of the same"
        " key",
        examples=[{"slim": {"size": "1GB", "cold_start": "900ms"}}],
    )
    baseline: BaselineBudget = Field(
        default_factory=BaselineBudget,
        description="what may be added since a baseline record",
        examples=[{"size": {"absolute": "1MB", "relative": 0.01}, "hints": 0}],
    )

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
