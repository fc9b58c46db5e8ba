"""What answers are compared on, and how close they must be: `verification` of a matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Union

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from builders.matrix_values import Count, Frozen, Share, number

FEWEST_FOR_A_SHARE = 40  # pictures; of fewer, one alone moves the share by more than 2.5 %


class Agreement(Frozen):
    """Probabilities may differ; the best class is the reference's on this share of the pictures.

    For models that compute something else than the reference's, such as quantised ones.
    """

    top1_agreement: Share


def _kind(tolerance: object) -> str:
    return "<share>" if isinstance(tolerance, (Mapping, Agreement)) else "<number>"


# A number is the largest difference of a class probability.
Tolerance = Annotated[
    Union[
        Annotated[float, BeforeValidator(number), Field(ge=0, le=1), Tag("<number>")],
        Annotated[Agreement, Tag("<share>")],
    ],
    Discriminator(_kind),
]


class VerificationSettings(Frozen):
    """What answers are compared on, and how close they must be."""

    samples: Count = Field(default=40, ge=10)
    top_k: Count = Field(default=5, ge=1)
    tolerances: Mapping[str, Tolerance]

    @model_validator(mode="after")
    def _enough_for_a_share(self) -> VerificationSettings:
        shares = [one for one in self.tolerances.values() if isinstance(one, Agreement)]
        if shares and self.samples < FEWEST_FOR_A_SHARE:
            needed = f"at least {FEWEST_FOR_A_SHARE} 'samples'"
            raise ValueError(f"needs {needed} where a tolerance is a share of the pictures")
        return self
