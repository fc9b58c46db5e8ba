"""What answers are compared on, and how close they must be: `verification` of a matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Union

from pydantic import Discriminator, Field, Tag, model_validator

from builders.matrix_values import Count, Difference, Frozen, Share

FEWEST_FOR_A_SHARE = 40  # pictures; of fewer, one alone moves the share by more than 2.5 %


class Agreement(Frozen):
    """Probabilities may differ; the best class is the reference's on this share of the pictures.

    For models that compute something else than the reference's, such as quantised ones.
    """

    top1_agreement: Share = Field(
        description="the share of the pictures, 0.001 to 1, whose best class must be the"
        " reference's",
        examples=[0.8],
    )


def _kind(tolerance: object) -> str:
    return "<share>" if isinstance(tolerance, (Mapping, Agreement)) else "<number>"


# A number is the largest difference of a class probability.
Tolerance = Annotated[
    Union[
        Annotated[Difference, Tag("<number>")],
        Annotated[Agreement, Tag("<share>")],
    ],
    Discriminator(_kind),
]


class VerificationSettings(Frozen):
    """What answers are compared on, and how close they must be."""

    samples: Count = Field(
        default=40,
        ge=10,
        description="number of generated pictures, at least 10; at least 40 where a tolerance is a"
        " share of them",
        examples=[100],
    )
    top_k: Count = Field(
        default=5, ge=1, description="number of classes that are compared", examples=[3]
    )
    tolerances: Mapping[str, Tolerance] = Field(
        description="name to the largest difference of a class probability, or of a weight with"
        " `train`, 0 to 1; or, for a model that computes something else than the reference's, to"
        " `{top1_agreement: SHARE}`. Each timed answer of such a variant must be what the same"
        " image answered when it was checked",
        examples=[{"float32": 0.0001, "int8": {"top1_agreement": 0.8}}],
    )

    @model_validator(mode="after")
    def _enough_for_a_share(self) -> VerificationSettings:
        shares = [one for one in self.tolerances.values() if isinstance(one, Agreement)]
        if shares and self.samples < FEWEST_FOR_A_SHARE:
            needed = f"at least {FEWEST_FOR_A_SHARE} 'samples'"
            raise ValueError(f"needs {needed} where a tolerance is a share of the pictures")
        return self
