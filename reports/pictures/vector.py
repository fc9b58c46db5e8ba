"""What matplotlib wrote as SVG, made small, fit for both colour schemes and for screen readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from reports.pictures.palette import TONES
from reports.pictures.picture import Caption

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_LONG_NUMBER = re.compile(r"(-?\d+\.\d{2})\d+")
_HREF = f"{{{XLINK}}}href"
_URL = re.compile(r"(?<=url\(#)[\w.-]+")
_NO_TURN = re.compile(r"^rotate\(-?0 [^)]*\)$")
_GEOMETRY = ("d", "points", "transform", "x", "y", "width", "height", "cx", "cy")

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def finished(written: str, caption: Caption) -> str:
    """One `<svg>` element that says what it shows.

    Args:
        written: a whole SVG file.
        caption: its title and description go into it.
    """
    root = ElementTree.fromstring(written)  # noqa: S314 - matplotlib wrote it, a moment ago
    everywhere = f"{{{SVG}}}style"  # it would hold for all of a page that the drawing stands in
    root.remove(next(one for one in root if one.find(everywhere) is not None))
    for key in ("width", "height"):
        root.set(key, root.attrib[key].removesuffix("pt"))
    root.set("style", "stroke-linejoin:round;stroke-linecap:butt")
    _renumber(root, caption.name)
    for element in root.iter():
        _shorten(element)
    _tell(root, caption)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _tell(root: ElementTree.Element, caption: Caption) -> None:
    """Title, description and the dark scheme, before what is drawn."""
    root.set("role", "img")
    root.set("aria-labelledby", f"{caption.name}-title {caption.name}-desc")
    named = {"title": caption.title, "desc": caption.description}
    for place, (tag, text) in enumerate(named.items()):
        element = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": f"{caption.name}-{tag}"})
        element.text = text
        root.insert(place, element)
    sheet = ElementTree.Element(f"{{{SVG}}}style")
    sheet.text = _dark_scheme()
    root.insert(len(named), sheet)


def _renumber(root: ElementTree.Element, name: str) -> None:
    """Ids of this picture alone, so that several can stand in a page; none that nobody uses."""
    used = dict.fromkeys(old for element in root.iter() for old in _references(element))
    new = {old: f"{name}-{number}" for number, old in enumerate(used)}
    for element in root.iter():
        own = new.get(element.attrib.pop("id", ""))
        for key, value in element.attrib.items():
            element.set(key, _URL.sub(lambda found: new[found[0]], value))
        if _HREF in element.attrib:
            element.set(_HREF, f"#{new[element.attrib[_HREF][1:]]}")
        if own:
            element.set("id", own)


def _references(element: ElementTree.Element) -> Iterator[str]:
    """The ids that an element refers to."""
    if _HREF in element.attrib:
        yield element.attrib[_HREF][1:]
    for value in element.attrib.values():
        yield from _URL.findall(value)


def _shorten(element: ElementTree.Element) -> None:
    """Hundredths of a pixel, no turns that turn nothing, and no space between elements."""
    element.tail = (element.tail or "").strip()
    element.text = (element.text or "").strip()
    if _NO_TURN.match(element.get("transform", "")):
        element.attrib.pop("transform")
    for key in _GEOMETRY:
        if key in element.attrib:
            element.set(key, _LONG_NUMBER.sub(r"\1", element.attrib[key]).strip())


def _dark_scheme() -> str:
    """Rules that stand above the light colours of the drawing."""
    rules = (
        f'[style*="{what}: {tone.light}"]{{{what}:{tone.dark}!important}}'
        for tone in TONES
        for what in ("fill", "stroke")
    )
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"
