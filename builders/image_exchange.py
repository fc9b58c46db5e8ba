"""What an engine does with a registry: a part of `builders.engine.Engine` of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

Image_co = TypeVar("Image_co", covariant=True)


@dataclass(frozen=True)
class PullEvent:
    """What an engine tells while it pulls.

    Attributes:
        layer: the first 12 digits of the compressed layer's digest; empty where it isn't of one.
        status: the engine's words, such as `Downloading`, `Extracting`, `Pull complete`.
        received_ns: the host's monotonic clock when the event had been read.
    """

    layer: str
    status: str
    received_ns: int


Progress = Callable[[PullEvent], None]


def unwatched(event: PullEvent) -> None:
    """For who doesn't look on."""


class ImageExchange(Protocol[Image_co]):
    """Images to and from registries, and their names."""

    def pull(self, reference: str, progress: Progress = unwatched) -> Image_co:
        """Pull; raises RegistryUnreachable, ImageNotFound or PullFailed."""

    def push(self, name: str) -> None:
        """Push the image of this name to the registry that it names; raises PushFailed."""

    def tag(self, image: str, tag: str) -> None:
        """Give an image one more name; raises ImageNotFound."""

    def remove_name(self, name: str) -> None:
        """Take a name away, and the image with its last one; one that is gone is no error.

        Raises:
            EngineError: it is the last one, and a container uses the image.
        """
