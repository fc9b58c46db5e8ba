"""The file of a matrix that has `service`: recipes for an image of the user's own service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Optional

from pydantic import BeforeValidator, Field, model_validator

from builders.matrix import Base, BaseSource, Limits, Name
from builders.matrix_values import Frozen
from builders.measurement_settings import MeasurementSettings
from builders.own_service import Service
from builders.units import size_bytes


class ServiceRecipe(Frozen):
    """A Dockerfile and what goes into it, or an image that the engine holds already.

    Attributes:
        base: handed to the Dockerfile as `BASE`; None where it names its own.
        build_base: as `BUILD_BASE`.
        requirements: a locked set that its pip finds without an index; needs a base.
        context: what the Dockerfile may copy; None for the whole folder but what `.dockerignore`
            names.
        image: any name or id; it is measured as it is, and never removed.
    """

    changed: str = ""
    after: Optional[Name] = None
    dockerfile: Optional[str] = None
    base: Optional[Name] = None
    build_base: Optional[Name] = None
    requirements: Optional[Name] = None
    context: Optional[tuple[str, ...]] = None
    build_args: Mapping[str, str] = {}
    image: Optional[str] = Field(default=None, min_length=1)
    disk_bytes: Annotated[int, BeforeValidator(size_bytes)] = Field(
        default=2 * 1024**3, alias="disk", description="what building it takes, wheels included"
    )

    @model_validator(mode="after")
    def _is_built_or_there(self) -> ServiceRecipe:
        built = ("dockerfile", "base", "build_base", "requirements", "context", "build_args")
        said = [key for key in built if key in self.model_fields_set]
        if self.image is not None and said:
            raise ValueError(f"has an 'image', which isn't built, and so no '{said[0]}'")
        if self.image is None and self.dockerfile is None:
            raise ValueError("needs a 'dockerfile' or an 'image'")
        if self.requirements is not None and self.base is None:
            raise ValueError("has 'requirements', and so needs a 'base' with the right Python")
        return self


class ServiceMatrixContent(Frozen):
    """The file as it is written, with `defaults` already filled in at each variant."""

    version: Literal[1]
    reference: Name
    service: Service
    base_source: BaseSource = "auto"
    bases: Mapping[Name, Base] = {}
    requirements: Mapping[Name, str] = {}
    limits: Limits = Limits()
    measurement: MeasurementSettings = MeasurementSettings()
    defaults: Mapping[str, object] = {}
    variants: Mapping[Name, ServiceRecipe] = Field(min_length=1)
