"""How much of services is measured: defaults, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from builders.service_settings import ServiceSettings


def test_the_defaults_are_small() -> None:
    asked = ServiceSettings()
    loads = len(asked.concurrencies) + len(asked.rates)
    assert 7 * asked.rounds * loads * (asked.seconds + asked.warmup_seconds) <= 7 * 60


@pytest.mark.parametrize(
    "wrong",
    [
        {"concurrencies": []},
        {"concurrencies": [0]},
        {"concurrencies": [4, 4]},
        {"concurrencies": [257]},
        {"rates": []},
        {"rates": [0]},
        {"rates": [True]},
        {"rates": [1001]},
        {"rates": [10, 10.0]},
        {"rounds": 0},
        {"seconds": 1.5},
        {"port": 65536},
        {"second": 3},
    ],
)
def test_what_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ServiceSettings.model_validate(wrong)


def test_rates_may_be_fractions() -> None:
    assert ServiceSettings.model_validate({"rates": [0.5, 10]}).rates == (0.5, 10)
