"""Everything that recipes of a service of the user's own are built from, or found in the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Optional, Union

from builders import plan
from builders.build import Builder
from builders.built import BuiltImage, FailedBuild, NamedBase, ResolvedBase
from builders.engine import Engine
from builders.errors import (
    EngineError,
    ImageNotFound,
    PullFailed,
    RegistryUnreachable,
    SlimbenchError,
)
from builders.matrix import Variant
from builders.plan import VariantPlan
from builders.prepare import (
    Attempt,
    Prepared,
    Project,
    attempt,
    check_machine,
    downloaded_wheels,
    resolved_base,
)
from builders.service_plan import named_images, plan_service

_FROM_ENGINE = NamedBase("engine", "", "it was in the engine")


def prepare_service(project: Project) -> Prepared:
    """Have bases, wheels and images that are named, then plan the builds.

    Raises:
        ConfigurationError: the engine lacks a CPU that is to be measured on.
        DiskFull: there is less free disk than the variants not yet built take.
    """
    check_machine(project)
    needed = project.matrix, project.variants
    bases = {name: resolved_base(project, name) for name in plan.needed_bases(*needed)}
    wheels = {lock: downloaded_wheels(project, lock) for lock in plan.needed_locks(*needed)}
    done = [_prepared(project, variant, bases, wheels) for variant in project.variants]
    return Prepared(
        plans=tuple(one for one in done if isinstance(one, VariantPlan)),
        failures=tuple(one for one in done if isinstance(one, FailedBuild)),
        models={},
        builder=Builder(project.workspace, _server_image(project, bases), project.jobs),
        found=tuple(one for one in done if isinstance(one, BuiltImage)),
    )


def _prepared(
    project: Project,
    variant: Variant,
    bases: Mapping[str, Attempt[ResolvedBase]],
    wheels: Mapping[Path, Attempt[Path]],
) -> Union[VariantPlan, BuiltImage, FailedBuild]:
    def one() -> Union[VariantPlan, BuiltImage]:
        if variant.image:
            return _in_engine(project, variant)
        for need in _needs(project, variant, bases, wheels):
            if isinstance(need, SlimbenchError):
                raise need
        for reference in named_images(project.matrix, variant):
            _have(project, variant, reference)
        usable = {k: v for k, v in bases.items() if not isinstance(v, SlimbenchError)}
        return plan_service(project.matrix, variant, usable, project.workspace)

    found = attempt(one)
    if isinstance(found, SlimbenchError):
        optional = variant.base and project.matrix.bases[variant.base].optional
        left_out = isinstance(found, RegistryUnreachable) and bool(optional)
        return FailedBuild(variant, found, project.workspace.log(variant.name), left_out)
    return found


def _needs(
    project: Project,
    variant: Variant,
    bases: Mapping[str, Attempt[ResolvedBase]],
    wheels: Mapping[Path, Attempt[Path]],
) -> Iterator[object]:
    yield from (bases[name] for name in (variant.base, variant.build_base) if name)
    if variant.requirements:
        yield wheels[project.matrix.folder / project.matrix.requirements[variant.requirements]]


def _in_engine(project: Project, variant: Variant) -> BuiltImage:
    image = project.engine.image(variant.image)
    if image is None:
        step = "pull, load or build it, or correct the name"
        what = f"the engine holds no image '{variant.image}'"
        raise ImageNotFound(what, where=variant.name, next_step=step)
    return BuiltImage(
        variant=variant,
        image=image,
        tag=variant.image,
        base=_FROM_ENGINE,
        context_digest="",
        up_to_date=True,
        seconds=0.0,
        log=project.workspace.log(variant.name),
    )


def _have(project: Project, variant: Variant, reference: str) -> None:
    """Pull what a Dockerfile begins from, unless the engine holds it.

    Raises:
        PullFailed: it can't be had; RegistryUnreachable where no registry answers.
    """
    engine: Engine = project.engine
    if engine.image(reference) is not None:
        return
    project.say(f"pull {reference}")
    try:
        engine.pull(reference)
    except EngineError as error:
        with project.workspace.log(variant.name).open("w", encoding="utf-8") as log:
            print(error.what, file=log)  # names servers of this machine, which no report should
        raise _not_had(variant, reference, error) from error


def _not_had(variant: Variant, reference: str, error: EngineError) -> PullFailed:
    where = f"{variant.dockerfile}: FROM {reference}"
    if isinstance(error, RegistryUnreachable):
        step = "load it into the engine, or take a 'base' of the matrix"
        return RegistryUnreachable(
            "it can't be pulled: no registry answers", where=where, next_step=step
        )
    step = "correct its name, or `docker login` where its registry asks for it"
    return PullFailed("its registry doesn't give it", where=where, next_step=step)


def _server_image(project: Project, bases: Mapping[str, Attempt[ResolvedBase]]) -> str:
    """An image with Python that serves wheels to the builds; empty where none needs it."""
    installing = (variant for variant in project.variants if variant.requirements)
    found: Iterator[Optional[Attempt[ResolvedBase]]] = (bases.get(one.base) for one in installing)
    return next((one.image.image_id for one in found if isinstance(one, ResolvedBase)), "")
