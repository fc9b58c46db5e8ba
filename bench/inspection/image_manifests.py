"""What an archive says of the images in it: `docker save` manifests and OCI image layouts.

Older engines write `manifest.json`, newer ones `index.json` beside it, other tools that alone.
Nothing is trusted: shapes are checked, and each document is read once, however they refer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Optional, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from bench.inspection.archive_stream import broken
from builders.errors import EngineError

MANIFEST, INDEX = "manifest.json", "index.json"
CONFIG_TYPES = frozenset(
    {
        "",
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.docker.container.image.v1+json",
    }
)
_REFERENCE = "vnd.docker.reference.type"  # on what is stored beside an image, like attestations
_NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Named:
    """An image as a manifest names it: the archive's members with its configuration and layers."""

    config: str
    tags: tuple[str, ...]
    layers: tuple[str, ...]


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class _SavedLine(_Lenient):
    config: str = Field(alias="Config")
    tags: Optional[tuple[str, ...]] = Field(None, alias="RepoTags")
    layers: Optional[tuple[str, ...]] = Field(None, alias="Layers")


class _Saved(RootModel[tuple[_SavedLine, ...]]):
    pass


class _Descriptor(_Lenient):
    digest: str
    media_type: str = Field("", alias="mediaType")
    annotations: Optional[Mapping[str, str]] = None

    @property
    def member(self) -> str:
        return "blobs/" + self.digest.replace(":", "/")

    @property
    def tags(self) -> tuple[str, ...]:
        found = (self.annotations or {}).get
        return next(((name,) for name in map(found, _NAMES) if name), ())


class _Document(_Lenient):
    """An index has `manifests`, a manifest `config` and `layers`."""

    manifests: Optional[tuple[_Descriptor, ...]] = None
    config: Optional[_Descriptor] = None
    layers: Optional[tuple[_Descriptor, ...]] = None


def named_images(documents: Mapping[str, bytes], where: str) -> tuple[Named, ...]:
    """Every image that the archive tells of, each once.

    Raises:
        EngineError: it tells of none, or in a form that can't be read.
    """
    if MANIFEST not in documents and INDEX not in documents:
        raise EngineError(
            f"it holds neither {MANIFEST} nor {INDEX}, so that it is no saved image",
            where=where,
            next_step="give what `docker save` writes, or an OCI image layout",
        )
    return _merged((*_saved(documents, where), *_layout(documents, where)))


def _merged(images: Iterable[Named]) -> tuple[Named, ...]:
    found: dict[str, Named] = {}
    for image in images:
        known = found.get(image.config, image)
        tags = tuple(dict.fromkeys((*known.tags, *image.tags)))
        found[image.config] = Named(known.config, known.tags or tags, known.layers)
    return tuple(found.values())


def _saved(documents: Mapping[str, bytes], where: str) -> Iterable[Named]:
    if MANIFEST not in documents:
        return ()
    lines = _read(_Saved, documents, MANIFEST, where).root
    return [Named(line.config, line.tags or (), line.layers or ()) for line in lines]


def _layout(documents: Mapping[str, bytes], where: str) -> Iterable[Named]:
    """The images of an OCI layout, those of nested indexes too (OCI image specification)."""
    found, seen = [], {INDEX}
    waiting: list[tuple[str, tuple[str, ...]]] = [(INDEX, ())] if INDEX in documents else []
    for name, tags in waiting:  # it grows meanwhile
        document = _read(_Document, documents, name, where)
        if document.config is not None and document.config.media_type in CONFIG_TYPES:
            layers = tuple(layer.member for layer in document.layers or ())
            found.append(Named(document.config.member, tags, layers))
        for one in document.manifests or ():
            if one.member in seen or _REFERENCE in (one.annotations or {}):
                continue
            seen.add(one.member)
            if one.member in documents:
                waiting.append((one.member, one.tags or tags))
            else:  # it stands for its configuration, so that an error can name it
                found.append(Named(one.member, tags, ()))
    return found


def _read(model: type[_Model], documents: Mapping[str, bytes], name: str, where: str) -> _Model:
    try:
        return model.model_validate_json(documents[name])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise broken(f"{name} can't be read ({place}: {first['msg']})", where) from error
