"""What building a variant takes, as data: derived from the matrix, tested without an engine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from builders import context, wheelhouse
from builders.built import ResolvedBase
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

# The artefact that each runtime loads; every image gets the labels and the manifest beside it.
ARTEFACTS = {"torchscript": "model.torchscript", "onnx": "model.onnx"}
DESCRIPTIONS = ("class_names.txt", "manifest.json")


@dataclass(frozen=True)
class BuildPlan:
    """One `docker build`; `labels` are those the finished image carries."""

    name: str
    tag: str
    dockerfile: str
    lock: Path
    context: context.ContextFiles
    build_args: dict[str, str]
    labels: dict[str, str]

    def is_up_to_date(self, image: ImageInfo) -> bool:
        """Whether this image is what the plan would give; its matrix label may be older."""
        kept = {key: value for key, value in self.labels.items() if key != MATRIX}
        return kept.items() <= dict(image.labels).items()


@dataclass(frozen=True)
class VariantPlan:
    """A variant's build, and the base its final stage stands on."""

    variant: Variant
    base: ResolvedBase
    build: BuildPlan


def tag(name: str) -> str:
    """The name of a variant's image in the engine."""
    return f"slimbench/{name}:latest"


def needed_bases(matrix: Matrix, variants: tuple[Variant, ...]) -> tuple[str, ...]:
    """Names of the bases that these variants and the exporter stand on, in matrix order."""
    names = {matrix.exporter.base}
    for variant in variants:
        names.update(filter(None, (variant.base, variant.build_base)))
    return tuple(name for name in matrix.bases if name in names)


def needed_locks(matrix: Matrix, variants: tuple[Variant, ...]) -> tuple[Path, ...]:
    """Lock files of the requirement sets that these variants and the exporter install."""
    names = {matrix.exporter.requirements, *(variant.requirements for variant in variants)}
    return tuple(
        matrix.folder / path for name, path in matrix.requirements.items() if name in names
    )


def context_entries(matrix: Matrix, variant: Variant) -> tuple[str, ...]:
    """Paths that a variant's context is made of, relative to the matrix's folder."""
    model = f"artifacts/{variant.model}"
    return (
        *variant.context,
        variant.dockerfile,
        matrix.requirements[variant.requirements],
        *(f"{model}/{name}" for name in (ARTEFACTS[variant.runtime], *DESCRIPTIONS)),
    )


def plan_variant(matrix: Matrix, variant: Variant, bases: dict[str, ResolvedBase]) -> VariantPlan:
    """Derive the build of a variant from the matrix and the bases it stands on."""
    arguments = {"BASE": bases[variant.base].image.image_id, "MODEL": variant.model}
    if variant.build_base:
        arguments["BUILD_BASE"] = bases[variant.build_base].image.image_id
    build = _plan(
        matrix,
        _Recipe(KIND_VARIANT, variant.name, variant.dockerfile, variant.requirements),
        context_entries(matrix, variant),
        arguments,
        bases[variant.base],
    )
    return VariantPlan(variant, bases[variant.base], build)


def plan_exporter(matrix: Matrix, base: ResolvedBase) -> BuildPlan:
    """Derive the build of the image that exports models."""
    exporter = matrix.exporter
    return _plan(
        matrix,
        _Recipe(KIND_EXPORTER, "exporter", exporter.dockerfile, exporter.requirements),
        ("inference", exporter.dockerfile, matrix.requirements[exporter.requirements]),
        {"BASE": base.image.image_id},
        base,
    )


@dataclass(frozen=True)
class _Recipe:
    kind: str
    name: str
    dockerfile: str
    requirements: str


def _plan(
    matrix: Matrix,
    recipe: _Recipe,
    entries: tuple[str, ...],
    arguments: dict[str, str],
    base: ResolvedBase,
) -> BuildPlan:
    lock = matrix.folder / matrix.requirements[recipe.requirements]
    settings = {**arguments, "wheels": wheelhouse.lock_digest(lock)}
    files = context.collect(matrix.folder, entries, settings)
    labels = {
        VARIANT: recipe.name,
        MATRIX: matrix.digest,
        CONTEXT: files.digest,
        BASE: base.reference,
        BASE_SOURCE: base.source,
    }
    return BuildPlan(
        name=recipe.name,
        tag=tag(recipe.name),
        dockerfile=recipe.dockerfile,
        lock=lock,
        context=files,
        build_args=arguments,
        labels=of_kind(recipe.kind, **labels),
    )
