"""Where images come from: the engine, whose known layers aren't read again, or an archive."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Optional, Protocol

from bench.inspection.archive_stream import broken
from bench.inspection.contents import ImageContents
from bench.inspection.image_config import config_digest, parse_config
from bench.inspection.layer_cache import LayerCache
from bench.inspection.layers import Document, LayerContents, Scanned, ScannedLayer, scan_archive
from bench.inspection.saved_image import configuration, configurations
from builders.engine import ImageInfo

_WHERE = "what the engine saved"
_Pair = tuple[Optional[LayerContents], Optional[int]]


class SavesImages(Protocol):
    """The part of an engine that is needed here."""

    def save(self, images: Sequence[str]) -> Iterator[bytes]:
        """One archive of the images, in chunks."""


def from_archive(chunks: Iterable[bytes], name: str, *, compress: bool = False) -> ImageContents:
    """The image of a `docker save` archive or an OCI image layout; nothing is kept on disk.

    Args:
        chunks: the archive.
        name: what to call it.
        compress: measure the compressed size of layers that are stored plain.

    Raises:
        EngineError: the archive is broken, or lacks a layer of its image.
    """
    layers: dict[str, ScannedLayer] = {}
    documents: dict[str, bytes] = {}
    for item in scan_archive(chunks, name, compress=compress):
        if isinstance(item, Document):
            documents[item.name] = item.data
        else:
            layers[item.contents.diff_id] = item
    text = configuration(documents, name)
    return _contents(name, text, config_digest(text), lambda diff_id: _pair(layers.get(diff_id)))


def from_engine(
    engine: SavesImages, name: str, image: ImageInfo, cache: LayerCache, *, compress: bool = False
) -> ImageContents:
    """An image of the engine under a name; saved only where something of it isn't known yet.

    Raises:
        EngineError: the engine's archive is broken, or lacks a layer of the image.
        ImageNotFound: the image is gone.
    """
    keep_layers(engine, [image], cache, compress=compress)
    return _kept(name, image, cache)


def keep_layers(
    engine: SavesImages, images: Iterable[ImageInfo], cache: LayerCache, *, compress: bool = False
) -> None:
    """Read into the cache what isn't known of the images, in one save; raises as `from_engine`."""
    unknown = [image for image in images if not _known(image, cache, compress)]
    if unknown:
        _read_saved(engine, unknown, cache, compress)


def _known(image: ImageInfo, cache: LayerCache, compress: bool) -> bool:
    known = all(_has(diff_id, cache, compress) for diff_id in image.diff_ids)
    return known and cache.configuration(image.image_id) is not None


def _has(diff_id: str, cache: LayerCache, compress: bool) -> bool:
    measured = not compress or cache.compressed_bytes(diff_id) is not None
    return measured and cache.layer(diff_id) is not None


def _read_saved(
    engine: SavesImages, images: list[ImageInfo], cache: LayerCache, compress: bool
) -> None:
    """Save the images in one archive and keep what isn't known of it yet."""
    documents: dict[str, bytes] = {}
    with closing(_saved(engine, images, cache, compress)) as items:
        for item in items:
            if isinstance(item, Document):
                documents[item.name] = item.data
            else:
                cache.put(item)
    texts = configurations(documents, _WHERE)
    for image in images:
        cache.put_configuration(image.image_id, _text_of(image, texts))


def _saved(
    engine: SavesImages, images: list[ImageInfo], cache: LayerCache, compress: bool
) -> Generator[Scanned, None, None]:
    known = {one for image in images for one in image.diff_ids if _has(one, cache, compress)}
    layers = (cache.layer(diff_id) for diff_id in known)
    skip = frozenset(layer.member for layer in layers if layer is not None)
    chunks = engine.save([image.image_id for image in images])
    yield from scan_archive(chunks, _WHERE, skip=skip, compress=compress)


def _text_of(image: ImageInfo, texts: Iterable[bytes]) -> bytes:
    """The image's configuration; by its layers where the engine's ids aren't its digest."""
    ids = {config_digest(text): text for text in texts}
    if image.image_id in ids:
        return ids[image.image_id]
    for text in ids.values():
        if parse_config(text, _WHERE).diff_ids == image.diff_ids:
            return text
    raise broken(f"the archive lacks the configuration of {image.image_id}", _WHERE)


def _kept(name: str, image: ImageInfo, cache: LayerCache) -> ImageContents:
    text = cache.configuration(image.image_id)
    if text is None:
        raise broken(f"the archive lacks the configuration of {image.image_id}", _WHERE)

    def find(diff_id: str) -> _Pair:
        return cache.layer(diff_id), cache.compressed_bytes(diff_id)

    return _contents(name, text, image.image_id, find, image.engine_size_bytes)


def _pair(scanned: Optional[ScannedLayer]) -> _Pair:
    return (scanned.contents, scanned.compressed_bytes) if scanned is not None else (None, None)


def _contents(
    name: str,
    text: bytes,
    image_id: str,
    find: Callable[[str], _Pair],
    engine_size_bytes: Optional[int] = None,
) -> ImageContents:
    config = parse_config(text, name)
    layers, sizes = [], []
    for diff_id in config.diff_ids:
        layer, compressed_bytes = find(diff_id)
        if layer is None:
            raise broken(f"the archive lacks the layer {diff_id}", name)
        layers.append(layer)
        sizes.append(compressed_bytes)
    return ImageContents(name, image_id, config, tuple(layers), tuple(sizes), engine_size_bytes)
