"""How much of services is measured; part of the matrix, see `builders.matrix`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from builders.matrix_values import number

LARGEST_CONCURRENCY = 256  # the load tool has a thread for each connection
LARGEST_RATE = 1000  # requests a second: what one process sends on time

Whole = Annotated[int, Field(strict=True, ge=1)]
Concurrency = Annotated[int, Field(strict=True, ge=1, le=LARGEST_CONCURRENCY)]
Rate = Annotated[float, BeforeValidator(number), Field(gt=0, le=LARGEST_RATE)]


class ServiceSettings(BaseModel):
    """What each fresh container of a service is asked.

    Attributes:
        port: that it listens on.
        starts: rounds of starts alone, before those of the load, which hold a start each, too.
        rounds: of the load.
        concurrencies: requests under way at any time, closed loop.
        rates: requests a second, open loop.
        seconds: counted, of each load.
        warmup_seconds: before them, not counted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    port: Annotated[int, Field(strict=True, ge=1, le=65535)] = 8000
    starts: Whole = 4
    rounds: Whole = 2
    concurrencies: tuple[Concurrency, ...] = Field(default=(1, 4, 16), min_length=1)
    rates: tuple[Rate, ...] = Field(default=(15, 30), min_length=1)
    seconds: Whole = 4
    warmup_seconds: Whole = 1

    @field_validator("concurrencies", "rates")
    @classmethod
    def _each_once(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        if len(set(values)) < len(values):
            raise ValueError("must name each number once")
        return values
