"""Packages that install Python packages, but for those that others depend on."""

from __future__ import annotations

import re

from bench.inspection.anatomy import Anatomy
from bench.inspection.contents import ImageContents

NAMES = frozenset({"pip", "setuptools", "wheel", "uv", "pipx", "poetry", "virtualenv"})
_PACKAGED = re.compile(
    r"python3-(?:pip|setuptools|wheel|virtualenv)(?:-whl)?|pipx|py3-(?:pip|setuptools|wheel)"
)
_METADATA = re.compile(r"(?:.*/)?[^/]+\.dist-info/METADATA")
_REQUIRED = re.compile(r"^Requires-Dist:\s*([\w.-]+)([^;\n]*)(;.*)?$", re.MULTILINE)


def installers(anatomy: Anatomy) -> frozenset[tuple[str, str]]:
    """Kind and name of the owners that only install others."""
    needed = _required(anatomy.contents)
    return frozenset(
        (owner.kind, owner.name)
        for owner in anatomy.ownership.owners
        if (owner.kind == "python" and _normal(owner.name) in NAMES - needed)
        or (owner.kind in {"debian", "alpine"} and _PACKAGED.fullmatch(owner.name))
    )


def _required(contents: ImageContents) -> frozenset[str]:
    """Names that installed distributions depend on, extras apart (PEP 508)."""
    return frozenset(
        _normal(found[1])
        for path, text in contents.texts()
        if _METADATA.fullmatch(path)
        for found in _REQUIRED.finditer(text.partition("\n\n")[0])
        if "extra" not in (found[3] or "")
    )


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()  # PEP 503
