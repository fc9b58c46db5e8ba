"""How much is measured; part of the matrix, see `builders.matrix`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from builders.matrix_values import Count, Duration, Flag, Frozen, Seed, Share
from builders.scenario_settings import ScenarioSettings
from builders.service_settings import ServiceSettings
from builders.training_settings import TrainingSettings

PageCache = Literal["warm", "cold"]


class MeasurementSettings(Frozen):
    """Counts are per variant (cold starts) or per container (`warmups`, `requests`)."""

    seed: Seed = Field(
        default=0,
        description="the seed of the order of variants in each round, from 0 on",
        examples=[20240612],
    )
    fewest_cold_starts: Count = Field(
        default=20,
        ge=1,
        description="rounds, each with a fresh container of every variant, before precision is"
        " judged",
        examples=[10],
    )
    most_cold_starts: Count = Field(
        default=100,
        ge=1,
        validate_default=True,
        description="rounds after which it ends in any case; at least `fewest_cold_starts`",
        examples=[50],
    )
    precision: Share = Field(
        default=0.02,
        description="it ends when the 95 % interval of each variant's median start, and of its"
        " median latency, is this share of the median wide to either side; from 0.001 to 1",
        examples=[0.05],
    )
    max_time_s: Duration = Field(
        default=600,
        alias="max_time",
        description="no round begins after this time: `90s`, `10min`, `1.5h`, or a number of"
        " seconds; at least one",
        examples=["90s", "6min", 600],
        json_schema_extra={"default": "10min"},
    )
    warmups: Count = Field(
        default=5,
        ge=0,
        description="requests in each container, after the first, that are not counted",
        examples=[10],
    )
    requests: Count = Field(
        default=12, ge=1, description="counted requests in each container", examples=[30]
    )
    page_cache: PageCache = Field(
        default="warm",
        description="`warm`, or `cold`: emptied before each start, where that is permitted",
        examples=["cold"],
    )
    reference_twice: Flag = Field(
        default=False,
        description="whether the reference takes part under a second name, which shows the noise"
        " of the run (A/A)",
        examples=[True],
    )
    scenarios: ScenarioSettings = Field(
        default_factory=ScenarioSettings,
        description="throughput, which is measured after the cold starts:"
        " docs/measurement.md#scenarios",
        examples=[{"batches": [1, 8], "threads": [1], "rounds": 3}],
    )
    service: ServiceSettings = Field(
        default_factory=ServiceSettings,
        description="what services are asked, with `--workload serve`:"
        " docs/measurement.md#services",
        examples=[{"concurrencies": [1, 8], "rates": [20]}],
    )
    training: TrainingSettings = Field(
        default_factory=TrainingSettings,
        description="the workload `train`: docs/training.md",
        examples=[{"rounds": 3, "epochs": 200}],
    )

    def overridden(self, **said: object) -> MeasurementSettings:
        """These settings with those of the command line, which are checked; None says nothing."""
        known = {name: value for name, value in said.items() if value is not None}
        return self.model_copy(update=known)

    @field_validator("most_cold_starts")
    @classmethod
    def _not_below_the_fewest(cls, most: int, info: ValidationInfo) -> int:
        fewest = info.data.get("fewest_cold_starts", 1)
        if most < fewest:
            raise ValueError(f"must be at least fewest_cold_starts, which is {fewest}, not {most}")
        return most
