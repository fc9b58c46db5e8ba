"""What must hold between the workloads of a matrix and its variants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from builders.problems import KeyPath, Problem, shortened


def workload_problems(content: Mapping[str, Any]) -> Iterator[Problem]:
    """Every problem of the content; what has the wrong shape is passed over."""
    variants = _mapping(content.get("variants"))
    having = {name: _workloads(recipe) for name, recipe in variants.items()}
    for name, recipe in variants.items():
        yield from _wrong_runtime(name, _mapping(recipe), having[name])
    for workload in dict.fromkeys(one for names in having.values() for one in names):
        yield from _left_out_reference(content, workload, having)


def _wrong_runtime(name: str, recipe: Mapping[str, Any], has: tuple[str, ...]) -> Iterator[Problem]:
    trains = recipe.get("runtime") == "torch"
    if trains and has != ("train",):
        what = "must be [train], as the runtime 'torch' loads no model"
        yield Problem(("variants", name, "workloads"), what)
    elif "train" in has and not trains and "runtime" in recipe:
        what = "must be 'torch', as the workload 'train' makes its own model"
        yield Problem(("variants", name, "runtime"), what)


def _left_out_reference(
    content: Mapping[str, Any], workload: str, having: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    own = _mapping(_mapping(content.get("workloads")).get(workload)).get("reference")
    path: KeyPath = ("workloads", workload, "reference") if own else ("reference",)
    reference = str(own or content.get("reference"))
    if reference in having and workload not in having[reference]:
        names = ", ".join(name for name, has in having.items() if workload in has)
        step = "" if own else f"; name one of them at 'workloads.{workload}.reference'"
        what = (
            f"'{shortened(reference)}' lacks the workload '{workload}' of {shortened(names)}{step}"
        )
        yield Problem(path, what)


def _workloads(recipe: Any) -> tuple[str, ...]:
    named = _mapping(recipe).get("workloads", ["predict"])
    return tuple(one for one in named if isinstance(one, str)) if isinstance(named, list) else ()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
