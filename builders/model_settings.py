"""Models, and the image that exports them; part of the matrix, see `builders.matrix`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Union

from pydantic import Discriminator, Field, Tag

from builders.matrix_values import Frozen, Name, Seed


class WeightsFile(Frozen):
    """A state dict of the user's."""

    file: str = Field(
        description="path of your state dict; it may be absolute",
        examples=["service/resnet50.pt"],
    )


def _weights_kind(weights: object) -> str:
    return "<file>" if isinstance(weights, (Mapping, WeightsFile)) else "<word>"


Weights = Annotated[
    Union[
        Annotated[Literal["auto", "pretrained", "seeded"], Tag("<word>")],
        Annotated[WeightsFile, Tag("<file>")],
    ],
    Discriminator(_weights_kind),
]


class Model(Frozen):
    """A torchvision model by its name there, and where its weights come from."""

    weights: Weights = Field(
        default="auto",
        description="`pretrained`: torchvision's own; `seeded`: made from the seed, for machines"
        " that can't reach those; `auto`: the first that can be had; `{file: PATH}`: your state"
        " dict",
        examples=["auto", "seeded", {"file": "service/resnet50.pt"}],
    )
    seed: Seed = Field(
        default=0, description="the seed of `seeded` weights, from 0 on", examples=[20240611]
    )


class Exporter(Frozen):
    """The image that turns models into artefacts."""

    dockerfile: str = Field(
        description="path of its Dockerfile", examples=["dockerfiles/exporter.Dockerfile"]
    )
    base: Name = Field(description="one of `bases`", examples=["slim"])
    requirements: Name = Field(description="one of `requirements`", examples=["exporter"])
    context: tuple[str, ...] = Field(
        default=("inference",),
        description="what its Dockerfile may copy, beside itself and the requirement set",
        examples=[["inference/*.py", "inference/exporter"]],
    )
