"""What building a service of the user's own takes: its Dockerfile as it stands, with our labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Optional, Union

from builders import context, dockerfile, wheelhouse
from builders.built import NamedBase, ResolvedBase
from builders.context import ContextFiles
from builders.labels import BASE, BASE_SOURCE, CONTEXT, KIND_VARIANT, MATRIX, VARIANT, of_kind
from builders.matrix import WHOLE_FOLDER, Matrix, Variant
from builders.plan import BuildPlan, VariantPlan, tag_of
from builders.whole_folder import collect_whole
from builders.workspace import Workspace

NO_LOCK = ""


def plan_service(
    matrix: Matrix, variant: Variant, bases: Mapping[str, ResolvedBase], workspace: Workspace
) -> VariantPlan:
    """Derive the build of a variant; `bases` holds those of the matrix that it names."""
    arguments = {**variant.build_args, **_base_arguments(variant, bases)}
    base = _stands_on(matrix, variant, bases)
    files = _labelled(_context(matrix, variant, arguments, workspace), variant)
    labels = {
        VARIANT: variant.name,
        MATRIX: matrix.digest,
        CONTEXT: files.digest,
        BASE: base.reference,
        BASE_SOURCE: base.source,
    }
    build = BuildPlan(
        name=variant.name,
        tag=tag_of(variant),
        dockerfile=variant.dockerfile,
        lock=matrix.folder / matrix.requirements[variant.requirements]
        if variant.requirements
        else None,
        context=files,
        build_args=arguments,
        labels=of_kind(KIND_VARIANT, **labels),
    )
    return VariantPlan(variant, base, build)


def named_images(matrix: Matrix, variant: Variant) -> tuple[str, ...]:
    """The images that its Dockerfile names itself, with the variant's build arguments filled in."""
    text = _text(matrix, variant)
    ours = dict.fromkeys(("BASE", "BUILD_BASE"), "") if variant.base else {}
    return dockerfile.base_images(text, {**variant.build_args, **ours})


def _text(matrix: Matrix, variant: Variant) -> str:
    return (matrix.folder / variant.dockerfile).read_text(encoding="utf-8")


def _base_arguments(variant: Variant, bases: Mapping[str, ResolvedBase]) -> Mapping[str, str]:
    named: Mapping[str, Optional[str]] = {"BASE": variant.base, "BUILD_BASE": variant.build_base}
    return {key: bases[name].image.image_id for key, name in named.items() if name}


def _stands_on(
    matrix: Matrix, variant: Variant, bases: Mapping[str, ResolvedBase]
) -> Union[ResolvedBase, NamedBase]:
    if variant.base:
        return bases[variant.base]
    names = ", ".join(named_images(matrix, variant))
    return NamedBase("dockerfile", names or "scratch", "its Dockerfile names it")


def _context(
    matrix: Matrix, variant: Variant, arguments: Mapping[str, str], workspace: Workspace
) -> ContextFiles:
    lock = matrix.requirements.get(variant.requirements)
    wheels = wheelhouse.lock_digest(matrix.folder / lock) if lock else NO_LOCK
    settings = {**arguments, "wheels": wheels}
    if variant.context == WHOLE_FOLDER:
        own = workspace.own_files
        return collect_whole(matrix.folder, variant.dockerfile, own, settings)
    entries = (*variant.context, variant.dockerfile, *((lock,) if lock else ()))
    return context.collect(matrix.folder, entries, settings)


def _labelled(files: ContextFiles, variant: Variant) -> ContextFiles:
    """What the stages are found by is the same for every build, so that the build cache hits."""
    text = files.files[variant.dockerfile].read_text(encoding="utf-8")
    labels = of_kind(KIND_VARIANT)
    return replace(files, texts={variant.dockerfile: dockerfile.labelled(text, labels)})
