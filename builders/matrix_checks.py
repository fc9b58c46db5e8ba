"""What must hold between the parts of a matrix, and between it and its folder.

Every rule takes the content as plain data and passes over what has the wrong shape, so that its
problems are reported together with those of shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Optional

from builders.budget_checks import budget_problems
from builders.problems import KeyPath, Problem, likely, shortened
from builders.workload_checks import workload_problems

_EACH = "*"
_REFERENCES: tuple[tuple[KeyPath, KeyPath, str], ...] = (
    (("reference",), ("variants",), "variant"),
    (("exporter", "base"), ("bases",), "base"),
    (("exporter", "requirements"), ("requirements",), "requirement set"),
    (("workloads", _EACH, "reference"), ("variants",), "variant"),
    (("workloads", _EACH, "build_base"), ("bases",), "base"),
    (("workloads", _EACH, "requirements"), ("requirements",), "requirement set"),
    (("variants", _EACH, "after"), ("variants",), "variant"),
    (("variants", _EACH, "base"), ("bases",), "base"),
    (("variants", _EACH, "build_base"), ("bases",), "base"),
    (("variants", _EACH, "requirements"), ("requirements",), "requirement set"),
    (("variants", _EACH, "model"), ("models",), "model"),
    (("variants", _EACH, "tolerance"), ("verification", "tolerances"), "tolerance"),
)
_USED_BASES: tuple[KeyPath, ...] = (
    ("exporter", "base"),
    ("workloads", _EACH, "build_base"),
    ("variants", _EACH, "base"),
    ("variants", _EACH, "build_base"),
)
_CONTEXTS: tuple[KeyPath, ...] = (
    ("exporter", "context", _EACH),
    ("workloads", _EACH, "context", _EACH),
    ("variants", _EACH, "context", _EACH),
)
_SERVICE_FILES: tuple[KeyPath, ...] = (
    ("service", "http", "request", "body"),
    ("service", "http", "request", "form", _EACH),
)
_MOUNTED: KeyPath = ("service", "command", "files", _EACH)
_WEIGHTS: KeyPath = ("models", _EACH, "weights", "file")
_PATHS: tuple[KeyPath, ...] = (
    ("exporter", "dockerfile"),
    ("requirements", _EACH),
    ("workloads", _EACH, "dockerfile"),
    ("variants", _EACH, "dockerfile"),
    *_CONTEXTS,
    *_SERVICE_FILES,
    _MOUNTED,
    _WEIGHTS,
)
_MAY_BE_FOLDERS = (*_CONTEXTS, _MOUNTED)
_MAKERS = {"pull": "registry", "bootstrap": "bootstrap"}


def check(content: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    """Every problem of the content, beyond the shapes that pydantic checks."""
    yield from _unknown_references(content)
    yield from _circles(content)
    yield from _other_models(content)
    yield from workload_problems(content)
    yield from budget_problems(content)
    yield from _unobtainable_bases(content)
    yield from _wrong_paths(content, folder)


def _texts(content: Any, pattern: KeyPath, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Each text at the pattern's key path, in which `*` stands for every key or item."""
    if not pattern:
        if isinstance(content, str):
            yield path, content
        return
    for key, value in _items(content):
        if pattern[0] in (_EACH, key):
            yield from _texts(value, pattern[1:], (*path, key))


def _items(content: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(content, Mapping):
        yield from content.items()
    elif isinstance(content, list):
        yield from enumerate(content)


def _mapping_at(content: Any, path: KeyPath) -> Optional[Mapping[str, Any]]:
    for key in path:
        content = content.get(key) if isinstance(content, Mapping) else None
    return content if isinstance(content, Mapping) else None


def _unknown_references(content: Mapping[str, Any]) -> Iterator[Problem]:
    for pattern, target, kind in _REFERENCES:
        known = _mapping_at(content, target)
        for path, name in _texts(content, pattern):
            if known is None or name in known:
                continue
            meant = likely(name, known)
            where = "" if meant else f"; add it under '{'.'.join(map(str, target))}'"
            yield Problem(path, f"there is no {kind} '{shortened(name)}'{where}", meant)


def _circles(content: Mapping[str, Any]) -> Iterator[Problem]:
    after = {path[1]: name for path, name in _texts(content, ("variants", _EACH, "after"))}
    done: set[Any] = set()
    for start in after:
        chain: dict[Any, None] = {}
        here: Any = start
        while here in after and here not in done and here not in chain:
            chain[here] = None
            here = after[here]
        done.update(chain)
        if here in chain:
            members = list(chain)[list(chain).index(here) :]
            yield Problem(("variants", here, "after"), _circle(members))


def _circle(members: list[str]) -> str:
    if len(members) == 1:
        return "a variant can't come after itself; name another, or leave 'after' out for the first"
    way = shortened(" -> ".join([*members, members[0]]), 200)
    return f"goes in a circle, {way}; leave 'after' out at the first rung"


def _other_models(content: Mapping[str, Any]) -> Iterator[Problem]:
    """Answers are compared picture by picture, on the samples of the reference's model."""
    known = _mapping_at(content, ("models",)) or {}
    models = dict(_texts(content, ("variants", _EACH, "model")))
    reference = content.get("reference")
    wanted = next((model for path, model in models.items() if path[1] == reference), None)
    for path, model in models.items():
        if model != wanted and model in known and wanted in known:
            of = f"the reference's model '{shortened(str(wanted))}'"
            yield Problem(path, f"must be {of}, as answers are compared; not '{shortened(model)}'")


def _unobtainable_bases(content: Mapping[str, Any]) -> Iterator[Problem]:
    used = {name for pattern in _USED_BASES for _, name in _texts(content, pattern)}
    source = content.get("base_source")
    wanted = _MAKERS.get(source) if isinstance(source, str) else None
    for name, base in _items(_mapping_at(content, ("bases",))):
        if not isinstance(base, Mapping):
            continue
        makers = [maker for maker in _MAKERS.values() if base.get(maker) is not None]
        if not makers:
            yield Problem(("bases", name), "needs a 'registry', a 'bootstrap' recipe or both")
        elif name in used and wanted and wanted not in makers and not base.get("optional"):
            what = f"has no '{wanted}', which base_source '{source}' asks for; add it, or use auto"
            yield Problem(("bases", name), what)


def _wrong_paths(content: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    for pattern in _PATHS:
        for path, text in _texts(content, pattern):
            try:
                outside = None if _may_be_anywhere(pattern, text) else _outside(folder, text)
                what = outside or _absent(folder, text, in_context=pattern in _MAY_BE_FOLDERS)
                meant = _neighbour(folder, text) if what and not outside else None
            except (OSError, ValueError, RuntimeError):  # unprintable, too long, links in a circle
                what, meant = "can't be a path", None
            if what:
                yield Problem(path, f"'{shortened(text)}' {what}", meant)


def _may_be_anywhere(pattern: KeyPath, text: str) -> bool:
    return pattern == _WEIGHTS and Path(text).is_absolute()


def _outside(folder: Path, text: str) -> Optional[str]:
    if Path(text).is_absolute():
        return "must be relative to the folder of the matrix file"
    is_inside = (folder / text).resolve().is_relative_to(folder)
    return None if is_inside else "leads out of the folder of the matrix file"


def _absent(folder: Path, text: str, *, in_context: bool) -> Optional[str]:
    if in_context and "*" in text:
        return None if any(folder.glob(text)) else "matches no file; correct the pattern"
    path = folder / text
    if path.is_dir():
        return None if in_context else "is a folder; name a file"
    return None if path.is_file() else "doesn't exist; create it or name another"


def _neighbour(folder: Path, text: str) -> Optional[str]:
    """The file of the same kind, beside the missing one, that is spelled most like it."""
    wanted = Path(text)
    beside = (folder / wanted.parent).iterdir() if (folder / wanted.parent).is_dir() else ()
    meant = likely(wanted.stem, [e.stem for e in beside if e.suffix == wanted.suffix])
    is_other = meant and meant != wanted.stem  # a folder that should be a file is no misspelling
    return str(wanted.parent / f"{meant}{wanted.suffix}") if is_other else None
