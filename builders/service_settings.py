"""How much of services is measured; part of the matrix, see `builders.matrix`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from builders.matrix_values import OR_TEXT, UNIQUE, Frozen, number

LARGEST_CONCURRENCY = 256  # the load tool has a thread for each connection
LARGEST_RATE = 1000  # requests a second: what one process sends on time

Whole = Annotated[int, Field(strict=True, ge=1)]
Concurrency = Annotated[int, Field(strict=True, ge=1, le=LARGEST_CONCURRENCY)]
Rate = Annotated[float, BeforeValidator(number), Field(gt=0, le=LARGEST_RATE), OR_TEXT]


class ServiceSettings(Frozen):
    """What each fresh container of a service is asked."""

    port: Annotated[int, Field(strict=True, ge=1, le=65535)] = Field(
        default=8000,
        description="the port that they listen on in their containers",
        examples=[8080],
    )
    starts: Whole = Field(
        default=4,
        description="rounds of starts alone, before the rounds of load, which hold a start each,"
        " too",
        examples=[6],
    )
    rounds: Whole = Field(
        default=2,
        description="rounds of load, each with a fresh container of every variant",
        examples=[3],
    )
    concurrencies: tuple[Concurrency, ...] = Field(
        default=(1, 4, 16),
        min_length=1,
        description="requests at a time, closed loop, each 1 to 256, each once",
        examples=[[1, 4, 16]],
        json_schema_extra=UNIQUE,
    )
    rates: tuple[Rate, ...] = Field(
        default=(15, 30),
        min_length=1,
        description="requests a second, open loop, up to 1000, each once",
        examples=[[15, 30]],
        json_schema_extra=UNIQUE,
    )
    seconds: Whole = Field(
        default=4,
        description="counted seconds of each load; the 99th percentile needs 500 answers in all"
        " rounds together",
        examples=[10],
    )
    warmup_seconds: Whole = Field(
        default=1, description="seconds before them that aren't counted", examples=[2]
    )

    @field_validator("concurrencies", "rates")
    @classmethod
    def _each_once(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        if len(set(values)) < len(values):
            raise ValueError("must name each number once")
        return values
