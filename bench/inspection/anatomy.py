"""An image with everything concluded from it; what hints and differences are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.inspection.categories import categories
from bench.inspection.contents import ImageContents
from bench.inspection.facts import Category, Waste
from bench.inspection.finding_types import Security, Tool
from bench.inspection.owners import Ownership, ownership
from bench.inspection.security import security
from bench.inspection.tools import find_tools
from bench.inspection.waste import waste


@dataclass(frozen=True, eq=False)
class Anatomy:
    """One image, taken apart; `category` has the paths of `contents.files.regular`."""

    contents: ImageContents
    ownership: Ownership
    category: Mapping[str, Category]
    tools: tuple[Tool, ...]
    waste: Waste
    security: Security


def anatomy(contents: ImageContents) -> Anatomy:
    """Take an image apart; pure."""
    owned = ownership(contents)
    return Anatomy(
        contents=contents,
        ownership=owned,
        category=categories(contents, owned),
        tools=find_tools(contents.files, contents.config.settings.environment or ()),
        waste=waste(contents.files),
        security=security(contents, owned),
    )
