"""How much of the scenarios is measured; part of the matrix, see `builders.matrix`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from builders.matrix_values import UNIQUE, Frozen

LARGEST_BATCH = 256  # what an image answers at once; `inference.protocol.MAX_BATCH`

BatchSize = Annotated[int, Field(strict=True, ge=1, le=LARGEST_BATCH)]
Threads = Annotated[int, Field(strict=True, ge=1)]


class ScenarioSettings(Frozen):
    """Every size of batches with every number of threads, in each of the rounds."""

    batches: tuple[BatchSize, ...] = Field(
        default=(1, 8, 32),
        min_length=1,
        description="sizes of batches, each 1 to 256, each once",
        examples=[[1, 8, 32]],
        json_schema_extra=UNIQUE,
    )
    threads: tuple[Threads, ...] = Field(
        default=(1, 2),
        min_length=1,
        description="threads of each runtime, in a container of their own; CPUs join"
        " `limits.cpu_set` where it has fewer",
        examples=[[1, 2, 4]],
        json_schema_extra=UNIQUE,
    )
    rounds: Annotated[int, Field(strict=True, ge=1)] = Field(
        default=3,
        description="rounds, each with a fresh container of every variant and number of threads",
        examples=[5],
    )

    @field_validator("batches", "threads")
    @classmethod
    def _each_once(cls, values: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(values)) < len(values):
            raise ValueError("must name each number once")
        return values
