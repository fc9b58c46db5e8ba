"""Layers' contents kept by digest, so that an image's bytes are read and compressed once only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Literal, Optional

from pydantic import ValidationError

from bench.archive_stream import broken
from bench.condition_types import Frozen
from bench.layers import LayerContents, scan_layers
from builders.engine import Engine, ImageInfo
from builders.errors import SlimbenchError


class _CacheFile(Frozen):
    # Raise it when what a layer's entries hold, or how its sizes are computed, changes.
    version: Literal[1] = 1
    layer: LayerContents


class LayerCache:
    """A folder with one JSON file for each layer; a file that can't be used counts as absent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, diff_id: str) -> Optional[LayerContents]:
        """What is known of the layer, or None."""
        try:
            text = self._file(diff_id).read_bytes()
            layer = _CacheFile.model_validate_json(text).layer
        except (OSError, ValidationError):
            return None
        return layer if layer.diff_id == diff_id else None

    def put(self, layer: LayerContents) -> None:
        """Keep it, so that a reader sees the whole file or none; raises SlimbenchError."""
        try:
            self._write(self._file(layer.diff_id), _CacheFile(layer=layer).model_dump_json())
        except OSError as error:
            raise SlimbenchError(
                f"what is known of a layer can't be kept ({error.strerror})",
                where=str(self._folder),
                next_step="make room there, or make the folder writable",
            ) from error

    def _write(self, file: Path, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as part:
                part.write(text)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)

    def _file(self, diff_id: str) -> Path:
        return self._folder / f"{diff_id.replace(':', '-')}.json"


def layer_facts(engine: Engine, image: ImageInfo, cache: LayerCache) -> tuple[LayerContents, ...]:
    """The image's layers, lowest first; saves the image only when one of them isn't known yet.

    Raises:
        EngineError: the engine's archive is broken, or lacks a layer of the image.
        ImageNotFound: the image is gone.
    """
    noted = {diff_id: cache.get(diff_id) for diff_id in image.diff_ids}
    known = {diff_id: layer for diff_id, layer in noted.items() if layer is not None}
    with closing(_missing(engine, image, known)) as missing:
        for layer in missing:
            cache.put(layer)
            known[layer.diff_id] = layer
    return tuple(known[diff_id] for diff_id in image.diff_ids)


def _missing(
    engine: Engine, image: ImageInfo, known: Mapping[str, LayerContents]
) -> Generator[LayerContents, None, None]:
    wanted = set(image.diff_ids) - set(known)
    if not wanted:
        return
    skip = frozenset(layer.member for layer in known.values())
    for layer in scan_layers(engine.save(image.image_id), image.image_id, skip=skip):
        if layer.diff_id in wanted:
            wanted.remove(layer.diff_id)
            yield layer
        if not wanted:
            return  # the rest of the archive needn't be read
    raise broken(f"the archive lacks the layer {min(wanted)}", f"the saved image {image.image_id}")
