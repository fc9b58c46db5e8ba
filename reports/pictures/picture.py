"""What a picture is to the pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caption:
    """What a picture shows, in words.

    Attributes:
        name: its name in file names, such as `bytes`.
        title: a few words.
        description: what it shows with its main figures, for those who don't see it; plain text.
    """

    name: str
    title: str
    description: str


@dataclass(frozen=True)
class Picture(Caption):
    """A picture with its drawing.

    Attributes:
        svg: one `<svg>` element, without an XML declaration: it can stand in a page or in a file.
    """

    svg: str
