"""How much is trained; part of the matrix, see `builders.matrix`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from builders.matrix_values import Seed


class TrainingSettings(BaseModel):
    """Every variant trains once in each of the rounds; `seed` is that of the toy data."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    rounds: Annotated[int, Field(strict=True, ge=1)] = 3
    epochs: Annotated[int, Field(strict=True, ge=1)] = 200
    seed: Seed = 0
