"""What is known of layers and images, kept by digest, so that their bytes are read once only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Literal, Optional, TypeVar

from pydantic import ValidationError

from bench.condition_types import Frozen
from bench.inspection.layer_contents import LayerContents
from bench.inspection.layers import ScannedLayer
from builders.errors import SlimbenchError


class _LayerFile(Frozen):
    # Raise it when what a layer's entries or notes hold changes.
    version: Literal[4] = 4
    layer: LayerContents


class _SizeFile(Frozen):
    # Raise it when compressed sizes are computed in another way.
    version: Literal[2] = 2
    diff_id: str
    compressed_bytes: int


class _ConfigFile(Frozen):
    version: Literal[1] = 1
    image_id: str
    configuration: str


_File = TypeVar("_File", bound=Frozen)


class LayerCache:
    """A folder with small files; one that can't be used counts as absent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def layer(self, diff_id: str) -> Optional[LayerContents]:
        """What is known of the layer, or None."""
        found = self._read(_LayerFile, "layer", diff_id)
        return found.layer if found is not None and found.layer.diff_id == diff_id else None

    def compressed_bytes(self, diff_id: str) -> Optional[int]:
        """The layer's compressed size, or None."""
        found = self._read(_SizeFile, "size", diff_id)
        return found.compressed_bytes if found is not None and found.diff_id == diff_id else None

    def configuration(self, image_id: str) -> Optional[bytes]:
        """The image's configuration, or None."""
        found = self._read(_ConfigFile, "image", image_id)
        known = found is not None and found.image_id == image_id
        return found.configuration.encode() if found is not None and known else None

    def put(self, scanned: ScannedLayer) -> None:
        """Keep a layer, so that a reader sees the whole file or none; raises SlimbenchError."""
        diff_id = scanned.contents.diff_id
        self._write("layer", diff_id, _LayerFile(layer=scanned.contents))
        if scanned.compressed_bytes is not None:
            size = _SizeFile(diff_id=diff_id, compressed_bytes=scanned.compressed_bytes)
            self._write("size", diff_id, size)

    def put_configuration(self, image_id: str, text: bytes) -> None:
        """Keep an image's configuration; raises SlimbenchError."""
        kept = _ConfigFile(image_id=image_id, configuration=text.decode())
        self._write("image", image_id, kept)

    def _read(self, kind: type[_File], name: str, digest: str) -> Optional[_File]:
        try:
            return kind.model_validate_json(self._file(name, digest).read_bytes())
        except (OSError, ValidationError):
            return None

    def _write(self, name: str, digest: str, content: Frozen) -> None:
        try:
            self._replace(self._file(name, digest), content.model_dump_json())
        except OSError as error:
            raise SlimbenchError(
                f"what is known of a layer can't be kept ({error.strerror})",
                where=str(self._folder),
                next_step="make room there, or make the folder writable",
            ) from error

    def _replace(self, file: Path, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as part:
                part.write(text)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)

    def _file(self, name: str, digest: str) -> Path:
        return self._folder / f"{name}-{digest.replace(':', '-')}.json"
