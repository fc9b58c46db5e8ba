"""What the parts of the matrix are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Frozen(BaseModel):
    """No unknown key, no change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def number(value: object) -> object:
    """Pydantic would take true for 1; text it may take, since to YAML 1e-4 is text."""
    if isinstance(value, bool):
        raise ValueError(f"must be a number, not {str(value).lower()}")
    return value


Count = Annotated[int, Field(strict=True)]
Seed = Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)]
Share = Annotated[float, BeforeValidator(number), Field(ge=0.001, le=1)]
