"""Alpine packages, from apk's database of installed packages."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bench.inspection.claims import Claim
from bench.inspection.contents import ImageContents
from bench.inspection.control_fields import printable
from bench.inspection.facts import Owner

DATABASES = ("lib/apk/db/installed", "usr/lib/apk/db/installed")


def alpine_packages(contents: ImageContents, free: Collection[str]) -> Iterator[Claim]:
    """Every package with its files; the letters are explained in Alpine's wiki, "Apk spec"."""
    del free
    for where in DATABASES:
        text = contents.text(where)
        if text is not None:
            yield from _claims(text, where)
            return  # the second may be the first's link


def _claims(text: str, where: str) -> Iterator[Claim]:
    for paragraph in text.split("\n\n"):
        lines = [(line[0], line[2:]) for line in paragraph.split("\n") if line[1:2] == ":"]
        fields = {letter: printable(value) for letter, value in reversed(lines)}  # the first
        if fields.get("P"):
            yield Claim(_owner(fields, where), tuple(_listed(lines)))


def _owner(fields: dict[str, str], where: str) -> Owner:
    name, origin = fields["P"], fields.get("o", "")
    return Owner(
        kind="alpine",
        name=name,
        version=fields.get("V", ""),
        where=where,
        licences=(fields["L"],) if fields.get("L") else (),
        architecture=fields.get("A", ""),
        source=origin if origin != name else "",
    )


def _listed(lines: list[tuple[str, str]]) -> Iterator[str]:
    """`F:` names a folder, the `R:` lines after it the files in it."""
    folder = ""
    for letter, value in lines:
        if letter == "F":
            folder = f"{value}/" if value else ""
        elif letter == "R":
            yield f"{folder}{value}"
