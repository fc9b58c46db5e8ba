"""How much is measured; part of the matrix, see `builders.matrix`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from builders.matrix_values import Count, Frozen, Seed, Share
from builders.scenario_settings import ScenarioSettings
from builders.service_settings import ServiceSettings
from builders.training_settings import TrainingSettings
from builders.units import duration_s

PageCache = Literal["warm", "cold"]


class MeasurementSettings(Frozen):
    """Counts are per variant (cold starts) or per container (`warmups`, `requests`).

    Attributes:
        precision: half-width of a median's 95 % interval as a share of the median.
        max_time_s: no round of cold starts begins after this time.
        page_cache: `cold` empties it before each cold start.
        reference_twice: the reference takes part under a second name, which shows the noise.
    """

    seed: Seed = 0
    fewest_cold_starts: Count = Field(default=20, ge=1)
    most_cold_starts: Count = Field(default=100, ge=1, validate_default=True)
    precision: Share = 0.02
    max_time_s: Annotated[float, BeforeValidator(duration_s)] = Field(default=600, alias="max_time")
    warmups: Count = Field(default=5, ge=0)
    requests: Count = Field(default=12, ge=1)
    page_cache: PageCache = "warm"
    reference_twice: Annotated[bool, Field(strict=True)] = False
    scenarios: ScenarioSettings = ScenarioSettings()
    service: ServiceSettings = ServiceSettings()
    training: TrainingSettings = TrainingSettings()

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
