"""Reading `variants.yaml`: the checked matrix, or every problem of the file at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any, Optional, Union

from pydantic import BaseModel, ValidationError

from builders.aim import aimed
from builders.errors import ConfigurationError, NothingSelected
from builders.matrix import Matrix, MatrixContent, Variant, WorkloadName
from builders.matrix_checks import check
from builders.matrix_source import Source, read_source, refused
from builders.problems import KeyPath, Problem, likely, shape_problems, shortened
from builders.service_matrix import (
    ServiceMatrixContent,
    asks_own_service,
    filled_recipe,
    service_variant,
)


def load_matrix(
    path: Path, workload: WorkloadName = "predict", model: Optional[str] = None
) -> Matrix:
    """Read and check a matrix file; what each key means stands in `docs/matrix.md`.

    Args:
        path: the file.
        workload: what the images are to do.
        model: the one they are to hold; None for the matrix's own.

    Raises:
        ConfigurationError: `problems` holds every problem, each as
            `file:line: key.path: what is wrong; perhaps you meant 'x'`; or nothing in it has this
            workload or model.
    """
    source = read_source(path)
    content = _with_defaults(source)
    folder = path.parent.resolve()
    shape = ServiceMatrixContent if asks_own_service(content) else MatrixContent
    problems = [*source.problems, *_shape_problems(content, shape), *check(content, folder)]
    if problems:
        raise _all_of(problems, source)
    return aimed(_matrix(shape.model_validate(content), folder), workload, model)


def select(matrix: Matrix, names: Sequence[str]) -> tuple[Variant, ...]:
    """The variants that are named, in the matrix's order; all of them when no names are given.

    A name may be a shell pattern such as `distroless*`. Blank names name nothing, so that
    `--only "$EMPTY"` doesn't select everything.

    Raises:
        ConfigurationError: a name that is no pattern names no variant; all such are told.
        NothingSelected: names were given, and no variant matches them.
    """
    if not names:
        return matrix.variants
    known = [variant.name for variant in matrix.variants]
    wanted = [name.strip() for name in names]
    _refuse_unknown(wanted, known)
    selected = (v for v in matrix.variants if any(fnmatchcase(v.name, w) for w in wanted))
    if chosen := tuple(selected):
        return chosen
    told = ", ".join(f"'{shortened(name)}'" for name in wanted)
    raise NothingSelected(f"no variant matches {told}", next_step=f"there are {', '.join(known)}")


def _refuse_unknown(wanted: Iterable[str], known: Sequence[str]) -> None:
    unknown = [w for w in wanted if w and w not in known and not set(w) & set("*?[")]
    problems = tuple(_unknown(name, known) for name in dict.fromkeys(unknown))
    if problems:
        step = f"there are {', '.join(known)}"
        raise ConfigurationError("; ".join(problems), next_step=step, problems=problems)


def _unknown(name: str, known: Sequence[str]) -> str:
    meant = likely(name, known)
    hint = f"; perhaps you meant '{meant}'" if meant else ""
    return f"there is no variant '{shortened(name)}'{hint}"


def _with_defaults(source: Source) -> dict[str, Any]:
    """The file's content with `defaults` filled in at each variant."""
    if source.data is None:
        raise refused(source.path, "is empty; docs/matrix.md says what belongs into it")
    if not isinstance(source.data, dict):
        raise refused(source.path, "must be a mapping of keys to values, as in docs/matrix.md", 1)
    content = dict(source.data)
    if content.get("defaults") is None:
        content["defaults"] = {}
    variants, defaults = content.get("variants"), content["defaults"]
    if isinstance(variants, dict):
        shared = defaults if isinstance(defaults, dict) else {}
        filled = partial(filled_recipe if asks_own_service(content) else _filled, defaults=shared)
        content["variants"] = {name: filled(name, variants[name]) for name in variants}
    return content


def _filled(name: str, recipe: Any, defaults: Mapping[str, Any]) -> Any:
    if not isinstance(recipe, dict):
        return recipe
    return {"dockerfile": f"dockerfiles/{name}.Dockerfile", **defaults, **recipe}


def _shape_problems(content: Mapping[str, Any], shape: type[BaseModel]) -> Iterator[Problem]:
    try:
        shape.model_validate(content)
    except ValidationError as error:
        yield from shape_problems(error, shape)


def _all_of(problems: Iterable[Problem], source: Source) -> ConfigurationError:
    file = shortened(str(source.path), 300)
    told = {}  # a problem of `defaults` shows at every variant, and is told once
    for problem in problems:
        path = _as_written(problem.path, source)
        line = problem.line or source.line(path)
        told[Problem(path, problem.what, problem.likely).told(file, line)] = line
    lines = tuple(sorted(told, key=lambda text: told[text]))
    what = f"{len(lines)} problem{'s' if len(lines) > 1 else ''} in the matrix"
    return ConfigurationError(what, where=file, next_step="correct the file", problems=lines)


def _as_written(path: KeyPath, source: Source) -> KeyPath:
    """The key path in the file: what a variant doesn't say itself stands in `defaults`."""
    if len(path) > 2 and path[0] == "variants" and path[:3] not in source.lines:
        default = ("defaults", *path[2:])
        return default if default[:2] in source.lines else path
    return path


def _matrix(content: Union[MatrixContent, ServiceMatrixContent], folder: Path) -> Matrix:
    shared = type(content).model_fields.keys() - {"defaults", "variants"}
    settings = {name: getattr(content, name) for name in shared}
    return Matrix(folder=folder, digest="", variants=tuple(_variants(content, folder)), **settings)


def _variants(
    content: Union[MatrixContent, ServiceMatrixContent], folder: Path
) -> Iterator[Variant]:
    if isinstance(content, ServiceMatrixContent):
        for name, recipe in content.variants.items():
            yield service_variant(name, recipe, content.service, folder)
    else:
        for name, own in content.variants.items():
            yield Variant(name=name, **own.model_dump(by_alias=True))
