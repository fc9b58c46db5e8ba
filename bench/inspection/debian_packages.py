"""Debian packages, from dpkg's database or from the `status.d` of distroless images."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Optional

from bench.inspection.claims import Claim
from bench.inspection.contents import ImageContents
from bench.inspection.control_fields import Fields, first, paragraphs
from bench.inspection.facts import Owner
from bench.inspection.licences import debian_licences

DATABASE = "var/lib/dpkg"
STATUS = f"{DATABASE}/status"
STATUS_FOLDER = f"{DATABASE}/status.d/"
MD5SUMS = ".md5sums"
_INSTALLED = {"installed", "triggers-pending", "triggers-awaited"}  # dpkg(1), package states
_MD5_LINE = re.compile(r"(?m)^[0-9a-fA-F]{32}\s+\*?(.+)$")
_Diversions = Mapping[str, tuple[str, str]]


def debian_packages(contents: ImageContents, free: Collection[str]) -> Iterator[Claim]:
    """Every installed package with the files it lists.

    A paragraph of `status` is as deb-control(5) and dpkg have it. `status.d/NAME` holds the
    package's control paragraph, which has no status, and `status.d/NAME.md5sums` its files; the
    package is called what the paragraph says: older images have NAME in base64.
    """
    del free
    diverted = _diversions(contents.text(f"{DATABASE}/diversions") or "")
    known = set()
    for fields, where, lists in _paragraphs(contents):
        owner = _owner(contents, fields, where)
        if owner is not None and (owner.name, owner.architecture) not in known:
            known.add((owner.name, owner.architecture))
            yield Claim(owner, _listed(contents, owner, lists, diverted))


def _paragraphs(contents: ImageContents) -> Iterator[tuple[Fields, str, tuple[str, ...]]]:
    """Fields, where they stand, and where the package's files may be listed, best first."""
    for fields in paragraphs(contents.text(STATUS) or ""):
        if first(fields, "status").rpartition(" ")[2] in _INSTALLED:
            name, architecture = first(fields, "package"), first(fields, "architecture")
            stems = (f"{DATABASE}/info/{name}:{architecture}", f"{DATABASE}/info/{name}")
            lists = (f"{stem}{suffix}" for suffix in (".list", MD5SUMS) for stem in stems)
            yield fields, STATUS, tuple(lists)
    for name in contents.files.names(STATUS_FOLDER):
        where = f"{STATUS_FOLDER}{name}"
        text = contents.text(where) if not name.endswith(MD5SUMS) else None
        for fields in paragraphs(text or ""):
            yield fields, where, (f"{where}{MD5SUMS}",)


def _owner(contents: ImageContents, fields: Fields, where: str) -> Optional[Owner]:
    name = first(fields, "package")
    if not name:
        return None
    source = first(fields, "source").partition(" ")[0]
    return Owner(
        kind="debian",
        name=name,
        version=first(fields, "version"),
        where=where,
        licences=debian_licences(contents.text(f"usr/share/doc/{name}/copyright") or ""),
        architecture=first(fields, "architecture"),
        source=source if source != name else "",
    )


def _listed(
    contents: ImageContents, owner: Owner, lists: tuple[str, ...], diverted: _Diversions
) -> Iterator[str]:
    for path in lists:
        text = contents.text(path)
        if text is not None:
            found = _MD5_LINE.findall(text) if path.endswith(MD5SUMS) else text.split("\n")
            yield from (_stays_at(one.strip("/"), owner.name, diverted) for one in found if one)
            return


def _diversions(text: str) -> _Diversions:
    """Path to where it was diverted and the package that has it now; three lines for each."""
    lines = text.split("\n")
    return {
        path.strip("/"): (target.strip("/"), package)
        for path, target, package in zip(lines[::3], lines[1::3], lines[2::3])
    }


def _stays_at(path: str, package: str, diverted: _Diversions) -> str:
    target, diverting = diverted.get(path, (path, package))
    return path if diverting == package else target
