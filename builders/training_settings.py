"""How much is trained; part of the matrix, see `builders.matrix`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from builders.matrix_values import Frozen, Seed


class TrainingSettings(Frozen):
    """Every variant trains once in each of the rounds; `seed` is that of the toy data."""

    rounds: Annotated[int, Field(strict=True, ge=1)] = Field(
        default=3,
        description="rounds, each with a training of every variant in a fresh container",
        examples=[5],
    )
    epochs: Annotated[int, Field(strict=True, ge=1)] = Field(
        default=200,
        description="how often it goes through its points; 10 s or more are needed for a few"
        " readings of memory",
        examples=[400],
    )
    seed: Seed = Field(
        default=0, description="the seed of the toy data, from 0 on", examples=[20240613]
    )
