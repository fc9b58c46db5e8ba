"""What `inspect` and `diff` print: a page for people, or JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bench.inspection.difference_types import Difference
from bench.inspection.facts import ImageFacts
from bench.inspection.sharing import Sharing, sharing
from reports import difference, inspection, inspection_overview
from reports.page import show

VERSION = 1  # raise it when a field goes, or comes to mean something else


def show_images(found: Mapping[str, ImageFacts], as_json: bool) -> None:
    """Print one image in full, or several side by side."""
    shared = sharing({name: facts.layers for name, facts in found.items()})
    if as_json:
        print(rendered(several(found, shared) if len(found) > 1 else _only(found)))  # noqa: T201
    elif len(found) > 1:
        show(inspection_overview.page(found, shared))
    else:
        for name, facts in found.items():
            show(inspection.page(name, facts))


def show_difference(found: Difference, as_json: bool) -> None:
    """Print in what two images differ."""
    if as_json:
        print(rendered({"version": VERSION, **found.model_dump(mode="json")}))  # noqa: T201
    else:
        show(difference.page(found))


def document(name: str, facts: ImageFacts) -> dict[str, Any]:
    """One image: the facts, what it is called, and the sizes that are sums over its layers."""
    return {
        "version": VERSION,
        "image": name,
        "size_bytes": facts.size_bytes,
        "compressed_bytes": facts.compressed_bytes,
        **facts.model_dump(mode="json"),
    }


def several(found: Mapping[str, ImageFacts], shared: Sharing) -> dict[str, Any]:
    """Several images, and what they have in common."""
    images = [document(name, facts) for name, facts in found.items()]
    return {"version": VERSION, "images": images, "sharing": shared.model_dump(mode="json")}


def _only(found: Mapping[str, ImageFacts]) -> dict[str, Any]:
    ((name, facts),) = found.items()
    return document(name, facts)


def rendered(content: Mapping[str, Any]) -> str:
    """The text; the same facts give the same bytes."""
    return json.dumps(content, indent=2, allow_nan=False)
