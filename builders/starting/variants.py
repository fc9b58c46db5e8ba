"""The variants that a folder's Dockerfiles make, with their bases and requirement sets, as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Optional

from builders.problems import shortened
from builders.starting.folder import Folder
from builders.starting.known_bases import KnownBase, known_base
from builders.starting.recipe import Recipe
from builders.starting.scalar import scalar

ARGUMENTS = {"BASE": "base", "BUILD_BASE": "build_base"}


@dataclass(frozen=True)
class Variants:
    """Their names, the reference first, and the parts of the file that describe them."""

    names: tuple[str, ...]
    parts: tuple[str, ...]


def variants_of(folder: Folder) -> Variants:
    """One variant for each Dockerfile; the first is the one that the others come after."""
    bases: dict[str, str] = {}
    sets: dict[str, str] = {}
    names: list[str] = []
    lines = ["variants:"]
    for part, recipe in folder.recipes:
        names.append(_unused(_word(part), names))
        own = _bases(recipe, bases)
        lines += _variant(
            names, recipe, own, _lock(folder, recipe, sets) if "base" in own else None
        )
    parts = (_based(bases), _locked(sets), "\n".join(lines))
    return Variants(tuple(names), tuple(filter(None, parts)))


def _word(text: str) -> str:
    """Text as a name of a matrix; the usual Dockerfile is what there is today."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:50].strip("-") or "today"


def _unused(name: str, names: list[str]) -> str:
    numbered = (f"{name}-{number}" for number in range(2, len(names) + 3))
    return name if name not in names else next(n for n in numbered if n not in names)


def _bases(recipe: Recipe, bases: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Key of the variant to the base that it gets and the image that the Dockerfile names there."""
    found = {}
    for beginning in recipe.beginnings:
        key = ARGUMENTS.get(beginning.argument or "")
        base: Optional[KnownBase] = known_base(beginning.image) if key else None
        if key and base:
            bases[base.name] = base.text
            found[key] = (base.name, beginning.image)
    return found


def _lock(folder: Folder, recipe: Recipe, sets: dict[str, str]) -> Optional[str]:
    """The locked set that the Dockerfile installs, if it lets slimbench serve the wheels."""
    if "PIP_FIND_LINKS" not in recipe.arguments:
        return None
    lock = next((lock for lock in folder.locks if lock in recipe.installed), None)
    if lock is None:
        return None
    known = {path: name for name, path in sets.items()}
    name = known.get(lock) or _unused(_word(lock.removesuffix(".txt")), list(sets))
    sets[name] = lock
    return name


def _variant(
    names: list[str], recipe: Recipe, bases: dict[str, tuple[str, str]], lock: Optional[str]
) -> Iterator[str]:
    yield f"  {names[-1]}:"
    if len(names) == 1:
        yield "    changed: what is there today"
    else:
        yield f"    changed: {scalar(f'as {recipe.path} has it')} # say what, in a few words"
        yield f"    after: {names[0]}"
    yield f"    dockerfile: {scalar(recipe.path)}"
    for key, (name, image) in sorted(bases.items()):
        known = image.split("@")[0]
        yield f"    {key}: {name} # {shortened(known)}"
    if lock:
        yield f"    requirements: {lock}"
    if "base" not in bases:
        image = shortened(recipe.beginnings[-1].image if recipe.beginnings else "") or "its base"
        yield f"    # Stands on {image}, which the engine pulls. To have it made where no registry"
        yield "    # answers, begin with ARG BASE and FROM ${BASE}: docs/your-own-service.md."


def _based(bases: dict[str, str]) -> str:
    head = "bases: # pulled by digest, or made from Debian packages where no registry answers\n"
    return head + "".join(bases.values()) if bases else ""


def _locked(sets: dict[str, str]) -> str:
    lines = [f"  {name}: {scalar(path)}" for name, path in sets.items()]
    head = "requirements: # locked sets of wheels, downloaded once and served to the builds"
    return "\n".join([head, *lines]) if sets else ""
