"""The file of a matrix that has `service`: recipes for an image of the user's own service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Optional

from pydantic import BeforeValidator, Field, model_validator

from builders.matrix import WHOLE_FOLDER, Name, Shared, Variant
from builders.matrix_values import Frozen
from builders.own_service import Service
from builders.problems import likely
from builders.units import size_bytes

_NO_NAME = re.compile(r"[^a-z0-9]+")
_BUILT = ("dockerfile", "base", "build_base", "requirements", "context", "build_args")


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
        said = [key for key in _BUILT if key in self.model_fields_set]
        if self.image is not None and said:
            raise ValueError(f"has an 'image', which isn't built, and so no '{said[0]}'")
        if self.image is None and self.dockerfile is None:
            raise ValueError("needs a 'dockerfile' or an 'image'")
        if self.requirements is not None and self.base is None:
            raise ValueError("has 'requirements', and so needs a 'base' with the right Python")
        return self


class ServiceMatrixContent(Shared):
    """The file as it is written, with `defaults` already filled in at each variant."""

    service: Service
    defaults: Mapping[str, object] = {}
    variants: Mapping[Name, ServiceRecipe] = Field(min_length=1)


def service_variant(name: str, recipe: ServiceRecipe, service: Service, folder: Path) -> Variant:
    """The recipe under its name, as all stages know it; `folder` is the matrix's."""
    return Variant(
        name=name,
        changed=recipe.changed,
        after=recipe.after,
        dockerfile=recipe.dockerfile or "",
        base=recipe.base or "",
        build_base=recipe.build_base,
        requirements=recipe.requirements or "",
        context=WHOLE_FOLDER if recipe.context is None else recipe.context,
        disk=recipe.disk_bytes,
        image=recipe.image or "",
        build_args=recipe.build_args,
        project=_NO_NAME.sub("-", folder.name.lower()).strip("-") or "service",
        workload=service.kind,
    )


def asks_own_service(content: Mapping[str, Any]) -> bool:
    """Whether a file is such a matrix; a misspelled `service` counts where no exporter is named."""
    if "exporter" in content:
        return "service" in content
    return any(likely(str(key), ["service"]) for key in content)


def filled_recipe(_name: str, recipe: Any, defaults: Mapping[str, Any]) -> Any:
    """A recipe with what it leaves to `defaults`; an image that is there gets nothing to build."""
    if not isinstance(recipe, dict):
        return recipe
    shared = {key: said for key, said in defaults.items() if key not in _BUILT}
    return {**(shared if "image" in recipe else defaults), **recipe}
