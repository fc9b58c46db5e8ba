"""What runs in the images, and what it gets; part of the matrix, see `builders.matrix`."""

from __future__ import annotations

from typing import Annotated, Literal, Optional

from pydantic import BeforeValidator, Field, model_validator

from builders.matrix_values import Count, CpuSet, Frozen, Name, Size
from builders.units import size_bytes

WorkloadName = Literal["predict", "serve", "train"]
Job = Literal["predict", "serve", "train", "http", "command"]


def _enough_memory(size: object) -> object:
    if size_bytes(size) < 64 * 1024**2:
        raise ValueError("must be at least 64MiB: with less, Python itself hardly starts")
    return size


class Limits(Frozen):
    """What every measured container gets."""

    cpu_set: CpuSet = Field(
        default="0", description="the CPUs, in quotes", examples=["0", "0-3", "0,2"]
    )
    threads: Count = Field(
        default=1, ge=1, description="threads of each runtime, at least 1", examples=[1, 4]
    )
    memory_bytes: Annotated[Size, BeforeValidator(_enough_memory)] = Field(
        default=2 * 1024**3,
        alias="memory",
        description="a size: `512MiB`, `2GiB`, `2GB`, or a number of bytes; at least `64MiB`",
        examples=["512MiB", "2GiB", 2000000000],
        json_schema_extra={"default": "2GiB"},
    )


class Workload(Frozen):
    """What one workload adds to every variant that has it."""

    dockerfile: Optional[str] = Field(
        default=None,
        description="path of a Dockerfile that begins from the variant's own image, whose tag is"
        " its build argument `RUNG`: one for all rungs; without it, the variant's image does",
        examples=["dockerfiles/serve.Dockerfile"],
    )
    build_base: Optional[Name] = Field(
        default=None,
        description="one of `bases`, for a build stage of that Dockerfile (`BUILD_BASE`)",
        examples=["full"],
    )
    requirements: Optional[Name] = Field(
        default=None,
        description="one of `requirements`, which that Dockerfile installs; it needs one",
        examples=["serve"],
    )
    context: tuple[str, ...] = Field(
        default=(),
        description="what that Dockerfile may copy",
        examples=[["inference/serving/*.py", "dockerfiles/prune.py"]],
    )
    reference: Optional[Name] = Field(
        default=None,
        description="the variant that the others are compared with; without it, the matrix's",
        examples=["train-bulky"],
    )

    @model_validator(mode="after")
    def _needs_its_set(self) -> Workload:
        if self.dockerfile is not None and self.requirements is None:
            raise ValueError("has a 'dockerfile', and so needs 'requirements' too")
        return self
