"""An image with all that its archive tells, before anything is concluded from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Optional, TypeVar

from bench.inspection.build_steps import as_written
from bench.inspection.file_system import File, FileSystem
from bench.inspection.image_config import ImageConfig
from bench.inspection.layer_contents import LayerContents
from bench.inspection.masking import masked
from bench.inspection.notes import Bytecode, ElfSections, SecretNote

_Note = TypeVar("_Note")


@dataclass(frozen=True)
class ImageContents:
    """An image as its configuration and its layers describe it.

    Attributes:
        name: what the user calls it.
        image_id: digest of the configuration.
        layers: lowest first, one for each diff id of the configuration.
        compressed_bytes: of each layer, None where it wasn't measured.
        engine_size_bytes: the size the engine reports; None for an archive.
    """

    name: str
    image_id: str
    config: ImageConfig
    layers: tuple[LayerContents, ...]
    compressed_bytes: tuple[Optional[int], ...]
    engine_size_bytes: Optional[int] = None

    @cached_property
    def files(self) -> FileSystem:
        """The final file system."""
        return FileSystem.of(layer.entries for layer in self.layers)

    @cached_property
    def commands(self) -> tuple[str, ...]:
        """The step behind each layer, secrets masked; empty where the history doesn't fit them."""
        history = self.config.history or ()
        steps = (as_written(line.created_by) for line in history if not line.empty_layer)
        commands = tuple(map(masked, steps))
        return commands if len(commands) == len(self.layers) else ("",) * len(self.layers)

    def text(self, path: str) -> Optional[str]:
        """The kept text of a path of the final file system, links followed; None without one."""
        real = self.files.real(path)
        file = self.files.paths.get(real) if real is not None else None
        return self.layers[file.layer].notes.texts.get(file.entry.path) if file else None

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every kept text of the final file system with its path, sorted by path."""
        return self._noted(layer.notes.texts for layer in self.layers)

    def bytecode(self) -> Iterator[tuple[str, Bytecode]]:
        """Every compiled Python file of the final file system."""
        return self._noted(layer.notes.bytecode for layer in self.layers)

    def elf(self) -> Iterator[tuple[str, ElfSections]]:
        """Every ELF file of the final file system."""
        return self._noted(layer.notes.elf for layer in self.layers)

    def secrets(self) -> Iterator[tuple[int, str, SecretNote]]:
        """Layer, path and note of what looks like a secret in any layer, hidden ones too."""
        for number, layer in enumerate(self.layers):
            for path, notes in sorted(layer.notes.secrets.items()):
                yield from ((number, path, note) for note in notes)

    def visible(self, layer: int, path: str) -> bool:
        """Whether a path of the final file system has its content from this layer."""
        file: Optional[File] = self.files.paths.get(path)
        return file is not None and file.layer == layer and file.entry.path == path

    def _noted(self, notes: Iterable[Mapping[str, _Note]]) -> Iterator[tuple[str, _Note]]:
        by_layer = list(notes)
        for path, file in self.files.regular.items():
            note = by_layer[file.layer].get(file.entry.path)
            if note is not None:
                yield path, note
