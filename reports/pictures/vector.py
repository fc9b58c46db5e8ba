"""What matplotlib wrote as SVG, made small, fit for both colour schemes and for screen readers."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from reports.pictures.palette import TONES
from reports.pictures.picture import Caption

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_LONG_NUMBER = re.compile(r"(-?\d+\.\d{2})\d+")
_REFERENCE = re.compile(r"#([\w.-]+)")
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
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    _shorten(root)
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
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _shorten(root: ElementTree.Element) -> None:
    """Hundredths of a pixel, and no ids but those that are referred to."""
    values = (value for element in root.iter() for value in element.attrib.values())
    used = {name for value in values for name in _REFERENCE.findall(value)}
    for element in root.iter():
        if element.get("id") not in used:
            element.attrib.pop("id", None)
        for key in _GEOMETRY:
            if key in element.attrib:
                element.set(key, _LONG_NUMBER.sub(r"\1", element.attrib[key]))


def _dark_scheme() -> str:
    """Rules that stand above the light colours of the drawing."""
    rules = (
        f'[style*="{what}: {tone.light}"]{{{what}:{tone.dark}!important}}'
        for tone in TONES
        for what in ("fill", "stroke")
    )
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"
