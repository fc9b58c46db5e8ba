"""How much of the scenarios is measured; part of the matrix, see `builders.matrix`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

LARGEST_BATCH = 256  # what an image answers at once; `inference.protocol.MAX_BATCH`

BatchSize = Annotated[int, Field(strict=True, ge=1, le=LARGEST_BATCH)]
Threads = Annotated[int, Field(strict=True, ge=1)]


class ScenarioSettings(BaseModel):
    """Every size of batches with every number of threads, in each of the rounds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    batches: tuple[BatchSize, ...] = Field(default=(1, 8, 32), min_length=1)
    threads: tuple[Threads, ...] = Field(default=(1, 2), min_length=1)
    rounds: Annotated[int, Field(strict=True, ge=1)] = 3

    @field_validator("batches", "threads")
    @classmethod
    def _each_once(cls, values: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(values)) < len(values):
            raise ValueError("must name each number once")
        return values
