"""Layers that several images have in common: what a node stores once, and what it pulls.

A layer is known by its diff id. A node stores and pulls each layer once, so that one which stands
twice in an image counts once here (and twice in the image's size).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple, Optional

from bench.condition_types import Frozen
from bench.inspection.facts import LayerFact

_Layers = Mapping[str, LayerFact]  # diff id to layer


class LayerBytes(Frozen):
    """Some layers, as archives and as a registry stores them (gzip, None when not measured)."""

    size_bytes: int
    compressed_bytes: Optional[int]


class Share(Frozen):
    """An image's layers: those that another image has too, and those that no other has."""

    image: str
    shared: LayerBytes
    unique: LayerBytes


class Pull(Frozen):
    """The layers of `image` that a node lacks when `present` is there already."""

    present: str
    image: str
    lacking: LayerBytes


class Sharing(Frozen):
    """What several images have in common.

    Attributes:
        shares: one for each image, in the order given.
        pulls: one for each ordered pair of different images; empty for a single image.
    """

    shares: tuple[Share, ...]
    pulls: tuple[Pull, ...]


class _Image(NamedTuple):
    name: str
    layers: _Layers


def sharing(images: Mapping[str, Sequence[LayerFact]]) -> Sharing:
    """Compare the layers of several images, by name; pure."""
    known = [_Image(name, {one.diff_id: one for one in layers}) for name, layers in images.items()]
    uses = Counter(diff_id for image in known for diff_id in image.layers)
    return Sharing(
        shares=tuple(_share(image, uses) for image in known),
        pulls=tuple(_pull(present, image) for present, image in permutations(known, 2)),
    )


def _share(image: _Image, uses: Mapping[str, int]) -> Share:
    return Share(
        image=image.name,
        shared=_bytes(layer for key, layer in image.layers.items() if uses[key] > 1),
        unique=_bytes(layer for key, layer in image.layers.items() if uses[key] == 1),
    )


def _pull(present: _Image, image: _Image) -> Pull:
    lacking = (layer for key, layer in image.layers.items() if key not in present.layers)
    return Pull(present=present.name, image=image.name, lacking=_bytes(lacking))


def _bytes(layers: Iterable[LayerFact]) -> LayerBytes:
    chosen = tuple(layers)
    compressed = [layer.compressed_bytes for layer in chosen]
    measured = [size for size in compressed if size is not None]
    return LayerBytes(
        size_bytes=sum(layer.size_bytes for layer in chosen),
        compressed_bytes=sum(measured) if len(measured) == len(chosen) else None,
    )
