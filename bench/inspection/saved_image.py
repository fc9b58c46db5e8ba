"""Which images an archive holds, and the one that is meant."""

from __future__ import annotations

import platform as machine
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Optional

from bench.inspection.archive_stream import broken
from bench.inspection.image_config import ImageConfig, config_digest, parse_config
from bench.inspection.image_manifests import Named, named_images
from builders.errors import EngineError
from builders.problems import shortened

# What Go, and so every engine, calls a machine.
_ARCHITECTURES = {
    "x86_64": "amd64",
    "AMD64": "amd64",
    "aarch64": "arm64",
    "i386": "386",
    "i686": "386",
    "armv6l": "arm",
    "armv7l": "arm",
}
UNKNOWN = "unknown"  # of an attestation, which is stored like an image


@dataclass(frozen=True)
class SavedImage:
    """One image of an archive.

    Attributes:
        text: its configuration as it is stored, which the image id is the digest of.
        tags: what it was saved as.
        layers: names of its layers in the archive, lowest first.
        where: what to call the archive in an error.
    """

    text: bytes
    tags: tuple[str, ...]
    layers: tuple[str, ...]
    where: str

    @cached_property
    def config(self) -> ImageConfig:
        """The configuration; raises EngineError when it is none."""
        return parse_config(self.text, self.where)

    @property
    def image_id(self) -> str:
        """The id that an engine gives it."""
        return config_digest(self.text)

    @property
    def platform(self) -> str:
        """As `linux/arm64` or `linux/arm/v7`."""
        parts = (self.config.os, self.config.architecture, self.config.variant)
        return "/".join(part for part in parts if part)


def saved_images(documents: Mapping[str, bytes], where: str) -> tuple[SavedImage, ...]:
    """All images of an archive whose configuration is there.

    Raises:
        EngineError: there is none, or what tells of them is damaged.
    """
    named = named_images(documents, where)
    found = tuple(_stored(documents, named, where))
    if not found:
        lacking = named[0].config if named else "any image"
        raise broken(f"the archive lacks {shortened(lacking)}", where)
    return found


def _stored(
    documents: Mapping[str, bytes], named: Sequence[Named], where: str
) -> Iterator[SavedImage]:
    for one in named:
        text = documents.get(one.config)
        if text is not None:  # engines name the other platforms, too, and leave them out
            yield SavedImage(text, one.tags, one.layers, where)


def chosen(
    documents: Mapping[str, bytes], where: str, platform: Optional[str] = None
) -> SavedImage:
    """The image that is meant: of the platform asked for, else of this machine's, else the only.

    Raises:
        EngineError: there is none of that platform, or there are several.
    """
    images = saved_images(documents, where)
    if len(images) > 1:
        images = tuple(image for image in images if image.config.os != UNKNOWN) or images
    fitting = _of(images, platform or own_platform())
    if platform is None and not fitting:
        fitting = images
    if not fitting:
        raise EngineError(
            f"the archive holds no image for {platform}, only for {_platforms(images)}",
            where=where,
            next_step="ask for one of these",
        )
    if len(fitting) > 1:
        raise _several(fitting, where)
    return fitting[0]


def own_platform() -> str:
    """The platform of this machine's Linux images."""
    name = machine.machine()
    return f"linux/{_ARCHITECTURES.get(name, name)}"


def _of(images: Sequence[SavedImage], platform: str) -> tuple[SavedImage, ...]:
    return tuple(image for image in images if f"{image.platform}/".startswith(f"{platform}/"))


def _several(images: Sequence[SavedImage], where: str) -> EngineError:
    if len({image.platform for image in images}) == len(images):
        what = f"the archive holds images for {_platforms(images)}"
        return EngineError(what, where=where, next_step="choose one with --platform")
    names = ", ".join(" ".join(image.tags) or image.image_id for image in images)
    return EngineError(
        f"the archive holds {len(images)} images, not one ({names})",
        where=where,
        next_step="save the one that you mean alone",
    )


def _platforms(images: Sequence[SavedImage]) -> str:
    return ", ".join(sorted({image.platform for image in images}))
