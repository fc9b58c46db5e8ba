"""The file of a matrix that has `service`: recipes for an image of the user's own service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional

from pydantic import Field, model_validator

from builders.matrix import WHOLE_FOLDER, Name, Shared, Variant
from builders.matrix_values import Frozen, Size
from builders.own_service import Service
from builders.problems import likely

_NO_NAME = re.compile(r"[^a-z0-9]+")
_BUILT = ("dockerfile", "base", "build_base", "requirements", "context", "build_args")


class ServiceRecipe(Frozen):
    """A Dockerfile and what goes into it, or an image that the engine holds already."""

    changed: str = Field(
        default="", description="what this one changes, in a few words", examples=["small base"]
    )
    after: Optional[Name] = Field(
        default=None,
        description="the variant that it changes in one thing; without it, it begins a ladder",
        examples=["full"],
    )
    dockerfile: Optional[str] = Field(
        default=None,
        description="path of the Dockerfile; needed, unless `image` is there",
        examples=["slim.Dockerfile"],
    )
    base: Optional[Name] = Field(
        default=None,
        description="one of `bases`, which the Dockerfile gets as the build argument `BASE`;"
        " left out, what the Dockerfile names, which the engine pulls",
        examples=["slim"],
    )
    build_base: Optional[Name] = Field(
        default=None,
        description="one of `bases`, for a build stage (`BUILD_BASE`)",
        examples=["full"],
    )
    requirements: Optional[Name] = Field(
        default=None,
        description="one of `requirements`, which the Dockerfile's pip finds without an index; it"
        " needs a `base` that has Python; left out, pip asks its own index",
        examples=["service"],
    )
    context: Optional[tuple[str, ...]] = Field(
        default=None,
        description="list of the files and folders, or patterns such as `service/*.py`, that the"
        " Dockerfile may copy; left out, the whole folder but what `.dockerignore` names",
        examples=[["app", "*.py"]],
    )
    build_args: Mapping[str, str] = Field(
        default={}, description="build arguments by name", examples=[{"PYTHON": "3.12"}]
    )
    image: Optional[str] = Field(
        default=None,
        min_length=1,
        description="an image that the engine holds, by any name or id; it is measured as it is,"
        " and never built, renamed or removed",
        examples=["my-service:1.4"],
    )
    disk_bytes: Size = Field(
        default=2 * 1024**3,
        alias="disk",
        description="a size: what building takes, wheels included; checked before it begins",
        examples=["4GiB"],
        json_schema_extra={"default": "2GiB"},
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
    """Which images of a service of your own are built, how they are asked and compared."""

    service: Service = Field(
        description="how every image is asked: docs/your-own-service.md",
        examples=[{"http": {"port": 5000, "request": {"path": "/predict"}}}],
    )
    defaults: Mapping[str, object] = Field(
        default={},
        description="any key of a variant, for all that don't say it themselves",
        examples=[{"disk": "1GiB"}],
    )
    variants: Mapping[Name, ServiceRecipe] = Field(
        min_length=1,
        description="recipes by name; their order is the order of every table",
        examples=[{"full": {"dockerfile": "Dockerfile"}}],
    )


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
