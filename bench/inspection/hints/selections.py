"""The files that could go, by the hint that says so; `SELECTIONS` is in order of precedence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from bench.inspection.anatomy import Anatomy
from bench.inspection.facts import Category, Owner
from bench.inspection.hints.build_packages import is_build_package
from bench.inspection.hints.cache_paths import cache_manager
from bench.inspection.hints.gpu import meant_for_gpu
from bench.inspection.hints.installers import installers

CACHE, CUDA, BUILD, INSTALLERS = (
    "package-manager-cache",
    "cuda-in-cpu-service",
    "build-tools",
    "pip-left-in",
)
LEFTOVERS, DOCUMENTATION = "headers-tests-static-libraries", "documentation-and-locales"
# What its Dockerfile lines delete, and no more: packages import what is in folders named `test`.
_LEFTOVERS = re.compile(
    r"(?:.*/)?(?:site|dist)-packages/(?:(?:.+/)?(?:include|tests)/.+|.+\.(?:a|cuh|h|hpp))"
)
# Licences stay: they are part of what is passed on.
_DOCUMENTATION = re.compile(
    r"usr/(?:local/)?share/(?:doc|groff|gtk-doc|help|info|locale|man)/(?!.*/copyright$).+"
)


class Candidate(NamedTuple):
    """A regular file; `names` are all paths that lead to it, hard links too."""

    path: str
    names: tuple[str, ...]
    size_bytes: int
    owner: Owner
    category: Category


Fits = Callable[[Candidate], bool]


def caches(_: Anatomy) -> Fits:
    """Package managers' caches; a file that a link elsewhere keeps alive is not counted."""
    return lambda file: all(cache_manager(name) is not None for name in file.names)


def cuda(anatomy: Anatomy) -> Fits:
    """CUDA, and triton, unless the image is meant for a GPU."""
    if meant_for_gpu(anatomy.contents.config.settings.environment or ()):
        return lambda _: False
    return lambda file: file.category == "CUDA"


def build_packages(_: Anatomy) -> Fits:
    """Packages of the system that only compile."""
    return lambda file: is_build_package(file.owner)


def installer_packages(anatomy: Anatomy) -> Fits:
    """Packages that only install others."""
    found = installers(anatomy)
    return lambda file: (file.owner.kind, file.owner.name) in found


def leftovers(_: Anatomy) -> Fits:
    """What compilers and developers read of Python packages."""
    return lambda file: all(_LEFTOVERS.fullmatch(name) for name in file.names)


def documentation(_: Anatomy) -> Fits:
    """Manuals, translations and package documentation, but for licences."""
    return lambda file: all(_DOCUMENTATION.fullmatch(name) for name in file.names)


SELECTIONS: tuple[tuple[str, Callable[[Anatomy], Fits]], ...] = (
    (CACHE, caches),
    (CUDA, cuda),
    (BUILD, build_packages),
    (INSTALLERS, installer_packages),
    (LEFTOVERS, leftovers),
    (DOCUMENTATION, documentation),
)
