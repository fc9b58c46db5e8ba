"""Owners of hand-made images, as tests ask for them; and databases written by hand."""

from __future__ import annotations

from collections.abc import Mapping

from saved_images import Content, contents

from bench.inspection.contents import ImageContents
from bench.inspection.facts import Owner
from bench.inspection.owners import ownership

PACKAGES = "usr/local/lib/python3.11/site-packages"


def owners(image: ImageContents) -> dict[str, str]:
    """Path of each regular file to its owner's kind and name."""
    return {path: f"{one.kind} {one.name}" for path, one in ownership(image).of.items()}


def packages(image: ImageContents) -> list[Owner]:
    """Owners that are packages, by name."""
    found = (one for one in ownership(image).owners if one.kind in {"debian", "alpine", "python"})
    return sorted(found, key=lambda one: (one.name, one.where))


def image(
    *layers: Mapping[str, Content], working_folder: str = "", **more: object
) -> ImageContents:
    """An image whose configuration has this working folder, if any."""
    if working_folder:
        more["more"] = {"WorkingDir": working_folder}
    return contents(*layers, **more)


def status(
    name: str, version: str = "1.0", state: str = "install ok installed", **more: str
) -> str:
    """A paragraph of dpkg's database."""
    fields = {"Package": name, "Status": state, "Version": version, **more}
    return "".join(f"{field}: {value}\n" for field, value in fields.items()) + "\n"


def distribution(
    name: str, record: str, *, folder: str = PACKAGES, version: str = "1.0", more: str = ""
) -> dict[str, Content]:
    """METADATA and RECORD of an installed distribution."""
    where = f"{folder}/{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}\nIt is: good\n"
    return {f"{where}/METADATA": metadata, f"{where}/RECORD": record}
