"""Reads what the user's words mean, wherever it lies: one save for all images of the engine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Optional, Protocol

from bench.inspection.anatomy import Anatomy, anatomy
from bench.inspection.contents import ImageContents
from bench.inspection.engine_lookup import connected, look_up
from bench.inspection.layer_cache import LayerCache
from bench.inspection.layout_folder import packed
from bench.inspection.sources import from_archive, from_engine, keep_layers
from bench.inspection.target import STANDARD_INPUT, EngineTarget, FolderTarget, Target, target_of
from builders.engine import Engine, ImageInfo
from builders.errors import ConfigurationError

CHUNK_BYTES = 1 << 20


class Say(Protocol):
    """Shows what is being read, and how much of it has come when it comes bit by bit."""

    def __call__(self, text: str, read_bytes: Optional[int] = None) -> None:
        """Show it."""


@dataclass(frozen=True)
class Reader:
    """How images are read.

    Attributes:
        connect: the engine; called only when an image of it is asked for.
        cache: what is known of the engine's layers.
        variants: names in the matrix.
        say: shows what is being read.
        compress: measure compressed sizes too.
        platform: which image of an archive with several, as `linux/arm64`; None for the usual one.
    """

    connect: Callable[[], Engine]
    cache: LayerCache
    variants: Callable[[], Mapping[str, str]]
    say: Say
    compress: bool = False
    platform: Optional[str] = None

    def taken_apart(self, words: Sequence[str]) -> Iterator[Anatomy]:
        """The images that the words mean, one after the other; raises as `read`."""
        targets = [target_of(word, self.variants) for word in words]
        for contents in self.read(targets):
            self.say(f"take {contents.name} apart")
            yield anatomy(contents)

    def read(self, targets: Sequence[Target]) -> Iterator[ImageContents]:
        """One image after the other, in the order given.

        Raises:
            ConfigurationError: there is no such image, or its file can't be read.
            EngineUnavailable: a word is no file, and no engine answers.
            EngineError: an archive is broken.
        """
        if sum(target.name == STANDARD_INPUT for target in targets) > 1:
            raise ConfigurationError("standard input holds one archive only", where="-")
        wanted = [target for target in targets if isinstance(target, EngineTarget)]
        kept = self._kept(wanted) if wanted else {}
        for target in targets:
            yield kept[target.name]() if target.name in kept else self._archived(target)

    def _kept(self, targets: Sequence[EngineTarget]) -> dict[str, Callable[[], ImageContents]]:
        """Read together what isn't known of the engine's images yet; each is loaded when asked."""
        engine = connected(self.connect, targets[0])
        images = {one.name: look_up(engine, one, self.variants) for one in targets}
        watched = _Watched(engine, self.say, ", ".join(images))
        keep_layers(watched, list(images.values()), self.cache, compress=self.compress)

        def loaded(name: str, image: ImageInfo) -> ImageContents:
            read = from_engine(watched, name, image, self.cache, compress=self.compress)
            return _of_platform(read, self.platform)

        return {name: partial(loaded, name, image) for name, image in images.items()}

    def _archived(self, target: Target) -> ImageContents:
        name = "standard input" if target.name == STANDARD_INPUT else target.name
        try:
            chunks = packed(Path(name)) if isinstance(target, FolderTarget) else _file(target.name)
            told = _counted(chunks, self.say, name)
            return from_archive(told, name, compress=self.compress, platform=self.platform)
        except OSError as error:
            raise ConfigurationError(
                f"can't be read ({error.strerror})",
                where=name,
                next_step="give a file you may read",
            ) from error


@dataclass(frozen=True)
class _Watched:
    """An engine whose saves are told while they come."""

    engine: Engine
    say: Say
    name: str

    def save(self, images: Sequence[str]) -> Iterator[bytes]:
        self.say(f"the engine packs {self.name}")
        return _counted(self.engine.save(images), self.say, self.name)


def _counted(chunks: Iterable[bytes], say: Say, name: str) -> Iterator[bytes]:
    read_bytes = 0
    say(f"read {name}")
    for chunk in chunks:
        read_bytes += len(chunk)
        say(f"read {name}", read_bytes)
        yield chunk


def _file(name: str) -> Iterator[bytes]:
    if name == STANDARD_INPUT:
        if sys.stdin.isatty():
            step = "pipe one in: `docker save IMAGE | slimbench inspect -`"
            raise ConfigurationError("no archive comes in", where="-", next_step=step)
        yield from _chunks(sys.stdin.buffer)
    else:
        with Path(name).open("rb") as file:
            yield from _chunks(file)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def _of_platform(contents: ImageContents, platform: Optional[str]) -> ImageContents:
    """The same; raises ConfigurationError when another platform was asked for."""
    own = f"{contents.config.os}/{contents.config.architecture}"
    if platform is not None and not f"{platform}/".startswith(f"{own}/"):
        raise ConfigurationError(
            f"the engine holds it for {own}, not for {platform}",
            where=contents.name,
            next_step=f"`docker pull --platform {platform} NAME` gets the other one",
        )
    return contents
