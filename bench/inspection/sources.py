"""Where images come from: the engine, whose known layers aren't read again, or an archive."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Optional, Protocol

from bench.inspection.archive_stream import broken
from bench.inspection.contents import ImageContents
from bench.inspection.image_config import parse_config
from bench.inspection.layer_cache import LayerCache
from bench.inspection.layer_contents import LayerContents
from bench.inspection.layers import Scanned, ScannedLayer, scan_archive
from bench.inspection.read_archive import ReadArchive
from bench.inspection.saved_image import SavedImage, chosen, saved_images
from builders.engine import ImageInfo
from builders.errors import EngineError
from builders.problems import shortened

_WHERE = "what the engine saved"


class SavesImages(Protocol):
    """The part of an engine that is needed here."""

    def save(self, images: Sequence[str]) -> Iterator[bytes]:
        """One archive of the images, in chunks."""


def from_archive(
    chunks: Iterable[bytes], name: str, *, compress: bool = False, platform: Optional[str] = None
) -> ImageContents:
    """The image of a `docker save` archive or an OCI image layout; nothing is kept on disk.

    Args:
        chunks: the archive; it may be compressed as a whole, with gzip or zstd.
        name: what to call it.
        compress: measure the compressed size of layers that are stored plain.
        platform: which image of several, as `linux/arm64`; None for this machine's, or the only.

    Raises:
        EngineError: the archive is broken, holds no such image, or lacks a layer of it.
    """
    archive = ReadArchive.of(scan_archive(chunks, name, compress=compress))
    image = chosen(archive.documents, name, platform)
    layers, sizes = [], []
    for number, diff_id in enumerate(image.config.diff_ids):
        layer = archive.layers.get(diff_id)
        if layer is None:
            raise archive.lacking(image, number)
        layers.append(layer.contents)
        sizes.append(layer.compressed_bytes)
    return ImageContents(name, image.image_id, image.config, tuple(layers), tuple(sizes))


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
    archive = ReadArchive()
    with closing(_saved(engine, images, cache, compress)) as items:
        for item in items:
            if isinstance(item, ScannedLayer):
                cache.put(item)
            else:
                archive.take(item)
    saved = saved_images(archive.documents, _WHERE)
    for image in images:
        cache.put_configuration(image.image_id, _of(image, saved).text)
    if archive.broken and not all(_known(image, cache, compress) for image in images):
        raise archive.broken[0].error


def _saved(
    engine: SavesImages, images: list[ImageInfo], cache: LayerCache, compress: bool
) -> Generator[Scanned, None, None]:
    known = {one for image in images for one in image.diff_ids if _has(one, cache, compress)}
    layers = (cache.layer(diff_id) for diff_id in known)
    skip = frozenset(layer.member for layer in layers if layer is not None)
    chunks = engine.save([image.image_id for image in images])
    yield from scan_archive(chunks, _WHERE, skip=skip, compress=compress)


def _of(image: ImageInfo, saved: Sequence[SavedImage]) -> SavedImage:
    """The same image in the archive; by its layers where the engine's ids aren't digests of it."""
    named = [one for one in saved if one.image_id == image.image_id] or saved
    for one in named:
        if one.config.diff_ids == image.diff_ids:
            return one
    raise _lacks_configuration(image)


def _lacks_configuration(image: ImageInfo) -> EngineError:
    return broken(f"the archive lacks the configuration of {image.image_id}", _WHERE)


def _kept(name: str, image: ImageInfo, cache: LayerCache) -> ImageContents:
    text = cache.configuration(image.image_id)
    if text is None:
        raise _lacks_configuration(image)
    config = parse_config(text, name)
    return ImageContents(
        name=name,
        image_id=image.image_id,
        config=config,
        layers=tuple(_kept_layer(name, diff_id, cache) for diff_id in config.diff_ids),
        compressed_bytes=tuple(cache.compressed_bytes(diff_id) for diff_id in config.diff_ids),
        engine_size_bytes=image.engine_size_bytes,
    )


def _kept_layer(name: str, diff_id: str, cache: LayerCache) -> LayerContents:
    layer = cache.layer(diff_id)
    if layer is None:
        raise broken(f"the archive lacks the layer {shortened(diff_id)}", name)
    return layer
