"""Installed Python distributions, from what installers leave beside the packages.

`NAME-VERSION.dist-info` with METADATA and RECORD (PyPA's "Recording installed projects", PEP 376,
PEP 627), or `.egg-info`, a folder or a single file, from older tools. Folder names own nothing:
only what a RECORD, an `installed-files.txt` or a `SOURCES.txt` lists is a distribution's, and its
metadata folder itself.
"""

from __future__ import annotations

import csv
import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress

from bench.inspection.claims import Claim
from bench.inspection.contents import ImageContents
from bench.inspection.control_fields import Fields, first, paragraphs
from bench.inspection.facts import Owner
from bench.inspection.licences import python_licences

_METADATA = re.compile(r"((?:.*/)?[^/]+\.(?:dist|egg)-info)(?:/(.+))?")
_DESCRIPTIONS = ("METADATA", "PKG-INFO", "")  # a single .egg-info file is its own description
_PACKAGES = re.compile(r"(?:.*/)?(?:site|dist)-packages(/.+)?")
_Texts = Mapping[str, str]  # by name in the metadata folder


def python_distributions(contents: ImageContents, free: Collection[str]) -> Iterator[Claim]:
    """Every distribution that `pip list` would show, with the paths it lists.

    One that another distribution brought along, such as those in setuptools' `_vendor`, is part
    of that one. An `.egg-info` beside a project's source tells nothing: it isn't an installation.
    """
    texts = _texts(contents)
    listed = {where: tuple(_listed(where, texts[where])) for where in texts}
    vendored = {
        folder
        for where, paths in listed.items()
        for folder in map(_metadata_folder, paths)
        if posixpath.dirname(folder) != posixpath.dirname(where)
    }
    inside = _inside(free)
    for where in texts:
        if where not in vendored and _is_installed(where, texts[where]):
            own = inside.get(where, [])
            yield Claim(_owner(where, texts[where]), (*listed[where], *own))


def _texts(contents: ImageContents) -> dict[str, dict[str, str]]:
    """What was kept of each metadata folder, by path."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path, text in contents.texts():
        match = _METADATA.fullmatch(path)
        if match:
            found[match[1]][match[2] or ""] = text
    return dict(sorted(found.items()))


def _inside(free: Collection[str]) -> Mapping[str, list[str]]:
    """Files in metadata folders that no package manager claims, by folder."""
    found = defaultdict(list)
    for path in free:
        match = _METADATA.fullmatch(path)
        if match:
            found[match[1]].append(path)
    return found


def _listed(where: str, texts: _Texts) -> Iterator[str]:
    """Paths as listed, below the folder they are relative to; `..` may be in them."""
    folder = posixpath.dirname(where)
    if "RECORD" in texts:
        for path in _record(texts["RECORD"]):
            yield _joined(folder, path)
    elif "installed-files.txt" in texts:
        for path in texts["installed-files.txt"].splitlines():
            yield _joined(where, path)
    else:
        for path in texts.get("SOURCES.txt", "").splitlines():
            yield _joined(folder, path)


def _record(text: str) -> Iterator[str]:
    """First column of each line that is CSV; only paths with commas or quotes are quoted."""
    for line in text.split("\n"):
        with suppress(csv.Error):
            row = next(csv.reader((line,)), [""]) if '"' in line else line.split(",", 1)
            if row[0]:
                yield row[0]


def _joined(folder: str, path: str) -> str:
    """Below the root; `..` is left to the file system, which knows the links."""
    return path.lstrip("/") if path.startswith("/") else f"{folder}/{path}".lstrip("/")


def _metadata_folder(path: str) -> str:
    """The metadata folder that a listed path describes, or nothing."""
    folder, _, name = path.rpartition("/")
    if name not in {"METADATA", "PKG-INFO"} and not name.endswith(".egg-info"):
        return ""
    return posixpath.normpath(folder if name in _DESCRIPTIONS else path)


def _is_installed(where: str, texts: _Texts) -> bool:
    within = _PACKAGES.fullmatch(posixpath.dirname(where))
    if within is None:  # such as `pip install --target`
        return where.endswith(".dist-info") or "installed-files.txt" in texts
    return within[1] is None


def _owner(where: str, texts: _Texts) -> Owner:
    """Name and version as stated; else from the `.dist-info` folder's name (PEP 427)."""
    metadata: Fields = {}
    for name in _DESCRIPTIONS:
        metadata = metadata or next(paragraphs(texts.get(name, "")), {})
    stem = posixpath.splitext(posixpath.basename(where))[0]
    name, _, version = stem.partition("-")
    return Owner(
        kind="python",
        name=first(metadata, "name") or name,
        version=first(metadata, "version") or version.partition("-")[0],
        where=where,
        licences=python_licences(metadata),
    )
