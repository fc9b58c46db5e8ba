"""What building a variant takes, as data: derived from the matrix, tested without an engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, Union

from builders import context, wheelhouse
from builders.aim import workload_of
from builders.built import NamedBase, ResolvedBase
from builders.engine import ImageInfo
from builders.labels import (
    BASE,
    BASE_SOURCE,
    CONTEXT,
    KIND_EXPORTER,
    KIND_VARIANT,
    MATRIX,
    VARIANT,
    of_kind,
)
from builders.matrix import Matrix, Variant

# The artefact that each runtime loads, with the labels and the manifest beside it; torch trains.
ARTEFACTS = {
    "torchscript": "model.torchscript",
    "onnx": "model.onnx",
    "onnx-int8": "model.int8.onnx",
}
DESCRIPTIONS = ("class_names.txt", "manifest.json")


@dataclass(frozen=True)
class BuildPlan:
    """One `docker build`.

    Attributes:
        name: of its log file.
        lock: what it installs from the wheelhouse; None where that is its own affair.
        labels: those the finished image carries.
        rung: the build of the image that this one's Dockerfile begins from, done first.
    """

    name: str
    tag: str
    dockerfile: str
    lock: Optional[Path]
    context: context.ContextFiles
    build_args: dict[str, str]
    labels: dict[str, str]
    rung: Optional[BuildPlan] = None

    def is_up_to_date(self, image: ImageInfo) -> bool:
        """Whether this image is what the plan would give; its matrix label may be older."""
        kept = {key: value for key, value in self.labels.items() if key != MATRIX}
        return kept.items() <= dict(image.labels).items()


@dataclass(frozen=True)
class VariantPlan:
    """A variant's build, and the base its final stage stands on."""

    variant: Variant
    base: Union[ResolvedBase, NamedBase]
    build: BuildPlan


def tag(name: str, edition: str = "latest") -> str:
    """The name of a variant's image in the engine."""
    return f"slimbench/{name}:{edition}"


def tag_of(variant: Variant) -> str:
    """The same, of any variant; what isn't built has the name that it came with."""
    name = f"{variant.project}/{variant.name}" if variant.project else variant.name
    return variant.image or tag(name, variant.edition)


def needed_bases(matrix: Matrix, variants: tuple[Variant, ...]) -> tuple[str, ...]:
    """Names of the bases that these variants and the exporter stand on, in matrix order."""
    names: set[Optional[str]] = {workload_of(matrix).build_base}
    if matrix.exporter is not None:
        names.add(matrix.exporter.base)
    for variant in variants:
        names.update((variant.base, variant.build_base))
    return tuple(name for name in matrix.bases if name in names)


def needed_locks(matrix: Matrix, variants: tuple[Variant, ...]) -> tuple[Path, ...]:
    """Lock files of what these variants and, where they load models, the exporter install."""
    names = {
        matrix.required_exporter.requirements if needed_models(variants) else None,
        workload_of(matrix).requirements,
        *(variant.requirements for variant in variants),
    }
    return tuple(
        matrix.folder / path for name, path in matrix.requirements.items() if name in names
    )


def needed_models(variants: tuple[Variant, ...]) -> tuple[str, ...]:
    """Names of the models that these variants load, sorted."""
    return tuple(sorted({variant.model for variant in variants if variant.runtime in ARTEFACTS}))


def context_entries(matrix: Matrix, variant: Variant) -> tuple[str, ...]:
    """Paths that a variant's context is made of, relative to the matrix's folder."""
    return (
        *variant.context,
        variant.dockerfile,
        matrix.requirements[variant.requirements],
        *_model_files(variant),
    )


def _model_files(variant: Variant) -> tuple[str, ...]:
    if variant.runtime not in ARTEFACTS:
        return ()
    names = (ARTEFACTS[variant.runtime], *DESCRIPTIONS)
    return tuple(f"artifacts/{variant.model}/{name}" for name in names)


def plan_variant(matrix: Matrix, variant: Variant, bases: dict[str, ResolvedBase]) -> VariantPlan:
    """Derive the build of a variant from the matrix and the bases it stands on."""
    has_image = workload_of(matrix).dockerfile is not None
    rung = _plan_rung(matrix, variant, bases, without=variant.workload if has_image else "")
    build = _plan_on(matrix, variant, rung, bases) if has_image else rung
    return VariantPlan(variant, bases[variant.base], build)


def _plan_rung(
    matrix: Matrix, variant: Variant, bases: dict[str, ResolvedBase], *, without: str
) -> BuildPlan:
    """The variant's own image; its edition is the variant's `without` the workload's name."""
    arguments = {"BASE": bases[variant.base].image.image_id}
    if variant.runtime in ARTEFACTS:
        arguments["MODEL"] = variant.model
    if variant.build_base:
        arguments["BUILD_BASE"] = bases[variant.build_base].image.image_id
    edition = variant.edition.removesuffix(without).removesuffix("-") or "latest"
    return _plan(
        matrix,
        _Recipe(KIND_VARIANT, variant.name, edition, variant.dockerfile, variant.requirements),
        context_entries(matrix, variant),
        arguments,
        bases[variant.base],
    )


def _plan_on(
    matrix: Matrix, variant: Variant, rung: BuildPlan, bases: dict[str, ResolvedBase]
) -> BuildPlan:
    """What the workload's own Dockerfile makes of the variant's image."""
    added = workload_of(matrix)
    dockerfile, requirements = added.dockerfile or "", added.requirements or ""
    arguments = {"RUNG": rung.tag}
    if added.build_base:
        arguments["BUILD_BASE"] = bases[added.build_base].image.image_id
    recipe = _Recipe(
        kind=KIND_VARIANT,
        name=variant.name,
        edition=variant.edition,
        dockerfile=dockerfile,
        requirements=requirements,
        rung_digest=rung.context.digest,
    )
    entries = (*added.context, dockerfile, matrix.requirements[requirements])
    return replace(_plan(matrix, recipe, entries, arguments, bases[variant.base]), rung=rung)


def plan_exporter(matrix: Matrix, base: ResolvedBase) -> BuildPlan:
    """Derive the build of the image that exports models."""
    exporter = matrix.required_exporter
    return _plan(
        matrix,
        _Recipe(KIND_EXPORTER, "exporter", "latest", exporter.dockerfile, exporter.requirements),
        (*exporter.context, exporter.dockerfile, matrix.requirements[exporter.requirements]),
        {"BASE": base.image.image_id},
        base,
    )


@dataclass(frozen=True)
class _Recipe:
    kind: str
    name: str
    edition: str
    dockerfile: str
    requirements: str
    rung_digest: str = ""  # of the context of the image that it begins from

    @property
    def log_name(self) -> str:
        return self.name if self.edition == "latest" else f"{self.name}-{self.edition}"


def _plan(
    matrix: Matrix,
    recipe: _Recipe,
    entries: tuple[str, ...],
    arguments: dict[str, str],
    base: ResolvedBase,
) -> BuildPlan:
    lock = matrix.folder / matrix.requirements[recipe.requirements]
    wheels = wheelhouse.lock_digest(lock)
    settings = {**arguments, "wheels": wheels, "rung": recipe.rung_digest}
    files = context.collect(matrix.folder, entries, settings)
    labels = {
        VARIANT: recipe.name,
        MATRIX: matrix.digest,
        CONTEXT: files.digest,
        BASE: base.reference,
        BASE_SOURCE: base.source,
    }
    return BuildPlan(
        name=recipe.log_name,
        tag=tag(recipe.name, recipe.edition),
        dockerfile=recipe.dockerfile,
        lock=lock,
        context=files,
        build_args=arguments,
        labels=of_kind(recipe.kind, **labels),
    )
