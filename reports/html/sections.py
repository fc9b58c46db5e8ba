"""A page's parts as sections of HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reports.html.captions import Captions, Places
from reports.html.images import Image, images
from reports.html.prose import blocks, inline
from reports.html.tables import of_pairs, of_variants
from reports.html.templates import macro
from reports.parts import Folded, Images, Pairs, Part, Shown, Variants
from reports.pictures.picture import Picture

IMAGES = "## Every image in detail"
_HEADINGS = ("# ", "## ")
_NAME_OF_A_TABLE = re.compile(r"\*\*([^*]+)\*\*")


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it, up to the next one."""

    place: str
    title: Markup
    body: Markup
    images: Sequence[Image] = ()


@dataclass(frozen=True)
class Writer:
    """Writes parts as HTML.

    Attributes:
        drawn: the record's pictures by name.
        links: where each image's details stand, by the variant's name.
        places: all ids of the page.
    """

    drawn: Mapping[str, Picture]
    links: Mapping[str, str]
    places: Places

    def section(self, heading: str, parts: Iterable[Part]) -> Section:
        """A section with its parts."""
        title = inline(heading.lstrip("#").strip())
        captions = Captions(title.striptags())
        taken_apart = [
            one
            for part in parts
            if isinstance(part, Images)
            for one in images(part.record, self.links)
        ]
        bodies = [self._part(part, captions) for part in parts]
        bodies += [macro("pieces.html", "image")(one) for one in taken_apart]
        place = self.places.another(captions.title)
        return Section(place, title, Markup("\n").join(bodies), taken_apart)

    def _part(self, part: Part, captions: Captions) -> Markup:
        if isinstance(part, Variants):
            made = of_variants(part, captions.another(), self.links)
            return macro("tables.html", "table")(made, sortable=True)
        if isinstance(part, Pairs):
            pairs = of_pairs(part, f"{captions.title}: {part.column.heading}")
            return macro("tables.html", "table")(pairs) if pairs else Markup()
        if isinstance(part, Shown):
            return macro("pieces.html", "picture")(self.drawn[part.caption.name])
        if isinstance(part, Folded):
            body = Markup("\n").join(blocks(text, captions) for text in part.parts)
            return macro("pieces.html", "folded")(part.summary, body)
        return Markup() if isinstance(part, Images) else _words(part, captions)


def _words(text: str, captions: Captions) -> Markup:
    name = _NAME_OF_A_TABLE.fullmatch(text)
    if name:
        return Markup("<h3>{}</h3>").format(inline(name[1]))
    return blocks(text, captions)


def grouped(parts: Iterable[Part]) -> list[tuple[str, list[Part]]]:
    """Each heading with the parts below it; the first is the page's own."""
    made: list[tuple[str, list[Part]]] = []
    for part in (one for one in parts if one):
        if isinstance(part, Images):
            inspected = any(row.image is not None for row in part.record.variants)
            made += [(IMAGES, [part])] if inspected else []
        elif isinstance(part, str) and part.startswith(_HEADINGS):
            made.append((part, []))
        else:
            made[-1][1].append(part)
    return made
