"""Everything variants are built from: bases, wheels, the exporter, models.

What can't be had fails only the variants that need it: each part is a value or its error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar, Union

from builders import bases, models, plan, wheelhouse
from builders.aim import workload_of
from builders.build import Builder, build_exporter
from builders.built import BuiltImage, FailedBuild, ModelArtefacts, ResolvedBase
from builders.cpu_set import require_cpus
from builders.engine import Engine, ImageInfo
from builders.errors import EngineUnavailable, RegistryUnreachable, SlimbenchError
from builders.matrix import Matrix, Variant
from builders.plan import VariantPlan
from builders.workspace import Workspace, require_disk

T = TypeVar("T")
Attempt = Union[T, SlimbenchError]


class Say(Protocol):
    """Tells the step that now begins, and which share of its stage is done (0 to 1)."""

    def __call__(self, text: str, share: float | None = None) -> None:
        """Tell it; `share` is None where the amount of work isn't known."""


@dataclass(frozen=True)
class Project:
    """What a command works on."""

    engine: Engine
    matrix: Matrix
    variants: tuple[Variant, ...]
    workspace: Workspace
    jobs: int
    say: Say


@dataclass(frozen=True)
class Prepared:
    """Ready to build: a plan or a failure for each variant."""

    plans: tuple[VariantPlan, ...]
    failures: tuple[FailedBuild, ...]
    models: Mapping[str, ModelArtefacts]
    builder: Builder | None  # None when the exporter's base failed, and with it every variant
    found: tuple[BuiltImage, ...] = ()  # in the engine, and not ours to build


@dataclass(frozen=True)
class _Parts:
    bases: Mapping[str, Attempt[ResolvedBase]]
    wheels: Mapping[Path, Attempt[Path]]
    models: Mapping[str, Attempt[ModelArtefacts]]


def prepare(project: Project) -> Prepared:
    """Have bases, wheels and models, then plan each variant's build.

    Raises:
        ConfigurationError: the engine lacks a CPU that is to be measured on.
        DiskFull: there is less free disk than the variants not yet built take.
    """
    check_machine(project)
    needed = project.matrix, project.variants
    resolved = {name: resolved_base(project, name) for name in plan.needed_bases(*needed)}
    wheels = {lock: downloaded_wheels(project, lock) for lock in plan.needed_locks(*needed)}
    base = resolved[project.matrix.required_exporter.base]
    exported = _models(project, base, wheels)
    builder = None if isinstance(base, SlimbenchError) else _builder(project, base)
    return _sort(project, _Parts(resolved, wheels, exported), builder)


def needed_bytes(engine: Engine, variants: tuple[Variant, ...]) -> int:
    """Disk that building takes for the variants that the engine doesn't hold yet."""
    absent = [v for v in variants if not v.image and engine.image(plan.tag_of(v)) is None]
    return sum(variant.disk_bytes for variant in absent)


def check_machine(project: Project) -> None:
    """Raises ConfigurationError or DiskFull as `prepare` does."""
    info = project.engine.info()
    require_cpus(project.matrix.limits.cpu_set, info.cpus)
    if info.shares_host_kernel:  # another machine's disk can't be read from here
        needed = needed_bytes(project.engine, project.variants)
        require_disk(Path(info.root_dir), needed, f"building {len(project.variants)} variants")


def attempt(action: Callable[[], T]) -> Attempt[T]:
    """The action's result or its expected error; a lost engine ends everything."""
    try:
        return action()
    except EngineUnavailable:
        raise
    except SlimbenchError as error:
        return error
    except OSError as error:
        return SlimbenchError(f"{error.strerror}", where=str(error.filename or "a file"))


def resolved_base(project: Project, name: str) -> Attempt[ResolvedBase]:
    """A base of the matrix, or why it can't be had."""
    project.say(f"base {name}")
    log = project.workspace.log(f"base-{name}")
    with log.open("w", encoding="utf-8") as stream:
        return attempt(
            lambda: bases.resolve(
                project.engine,
                project.matrix,
                name,
                project.workspace.cache,
                lambda line: print(line, file=stream),
            )
        )


def downloaded_wheels(project: Project, lock: Path) -> Attempt[Path]:
    """The folder of a requirement set's wheels, or why it can't be had."""
    project.say(f"wheels {lock.stem}")
    return attempt(lambda: wheelhouse.download(lock, project.workspace.cache))


def _models(
    project: Project, base: Attempt[ResolvedBase], wheels: Mapping[Path, Attempt[Path]]
) -> dict[str, Attempt[ModelArtefacts]]:
    names = plan.needed_models(project.variants)
    if not names:
        return {}
    exporter = _exporter(project, base, wheels)
    return {name: _model(project, name, exporter) for name in names}


def _exporter(
    project: Project, base: Attempt[ResolvedBase], wheels: Mapping[Path, Attempt[Path]]
) -> Attempt[ImageInfo]:
    if isinstance(base, SlimbenchError):
        return base
    project.say("exporter image")
    build = plan.plan_exporter(project.matrix, base)
    named = project.matrix.required_exporter.requirements
    downloaded = wheels[project.matrix.folder / project.matrix.requirements[named]]
    if isinstance(downloaded, SlimbenchError):
        return downloaded
    return attempt(lambda: build_exporter(project.engine, build, _builder(project, base)))


def _builder(project: Project, base: ResolvedBase) -> Builder:
    return Builder(project.workspace, base.image.image_id, project.jobs)


def _model(project: Project, name: str, image: Attempt[ImageInfo]) -> Attempt[ModelArtefacts]:
    if isinstance(image, SlimbenchError):
        return image
    project.say(f"model {name}")
    int8 = any(variant.runtime == "onnx-int8" for variant in project.matrix.variants)
    exporter = models.Exporter(image, project.matrix.verification.samples, int8)
    return attempt(
        lambda: models.ensure(project.engine, project.matrix, name, exporter, project.workspace)
    )


def _sort(project: Project, parts: _Parts, builder: Builder | None) -> Prepared:
    planned, failed = [], []
    for variant in project.variants:
        error = _first_error(project.matrix, variant, parts)
        if error is None:
            planned.append(variant)
        else:
            log = project.workspace.log(variant.name)
            may_fail = _may_fail(project.matrix, parts, error)
            failed.append(FailedBuild(variant, error, log, may_fail))
    good = {k: v for k, v in parts.bases.items() if not isinstance(v, SlimbenchError)}
    return Prepared(
        plans=tuple(plan.plan_variant(project.matrix, variant, good) for variant in planned),
        failures=tuple(failed),
        models={k: v for k, v in parts.models.items() if not isinstance(v, SlimbenchError)},
        builder=builder,
    )


def _may_fail(matrix: Matrix, parts: _Parts, error: SlimbenchError) -> bool:
    """Whether it is an optional base that no registry was there for, and nothing else."""
    failed = [matrix.bases[name] for name, base in parts.bases.items() if base is error]
    return isinstance(error, RegistryUnreachable) and any(base.optional for base in failed)


def _first_error(matrix: Matrix, variant: Variant, parts: _Parts) -> SlimbenchError | None:
    added = workload_of(matrix)
    names = (variant.base, variant.build_base, added.build_base)
    sets = (variant.requirements, added.requirements)
    needs: list[object] = [parts.bases[name] for name in names if name]
    needs += [parts.wheels[matrix.folder / matrix.requirements[name]] for name in sets if name]
    needs += [parts.models[name] for name in plan.needed_models((variant,))]
    return next((need for need in needs if isinstance(need, SlimbenchError)), None)
