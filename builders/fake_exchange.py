"""The in-memory engine's side to registries: pulls, pushes and names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Callable, Optional

from builders.engine import ImageInfo
from builders.errors import ImageNotFound, RegistryUnreachable
from builders.fake_container import Clock
from builders.fake_images import FakeImage
from builders.fake_store import FakeStore
from builders.image_exchange import Progress, PullEvent, unwatched
from builders.image_push import push_failure

FakeRegistry = dict[str, FakeImage]


class FakeExchange:
    """Part of `FakeEngine`.

    Args:
        store: the engine's images.
        registry: what can be pulled and where pushes go, by reference; engines that are given the
            same one share it. None when no registry answers.
        clock: of the events.
        used: ids of the images that containers were made from.
    """

    def __init__(
        self,
        store: FakeStore,
        registry: Optional[FakeRegistry],
        clock: Clock,
        used: Callable[[], Collection[str]],
    ) -> None:
        self.calls: list[tuple[str, object]] = []
        self._store = store
        self._registry = registry
        self._clock = clock
        self._used = used

    def pull(self, reference: str, progress: Progress = unwatched) -> ImageInfo:
        """Pull; raises RegistryUnreachable or ImageNotFound."""
        self.calls.append(("pull", reference))
        if self._registry is None:
            raise RegistryUnreachable("no registry answers", where=reference)
        if reference not in self._registry:
            raise ImageNotFound("the registry holds no such image", where=reference)
        image = self._registry[reference]
        for layer, status in _told(image, self._store.chains()):
            progress(PullEvent(layer, status, self._clock()))
        return self._store.keep(image, reference)

    def push(self, name: str) -> None:
        """Push; raises PushFailed."""
        self.calls.append(("push", name))
        image = self._store.find(name)
        if self._registry is None or image is None:
            what = "there is no such image" if image is None else "no registry answers"
            raise push_failure(name, what)
        self._registry[name] = image

    def tag(self, image: str, tag: str) -> None:
        """Give an image one more name; raises ImageNotFound."""
        self.calls.append(("tag", (image, tag)))
        self._store.keep(self._store.require(image), tag)

    def remove_name(self, name: str) -> None:
        """Take a name away, and the image with its last one; one that is gone is no error."""
        self.calls.append(("remove_name", name))
        self._store.remove_name(name, self._used())


def _told(image: FakeImage, held: Collection[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """What an engine says of each layer, which stands for its compressed self."""
    chains = {chain: chain[-1].split(":")[1][:12] for chain in image.layer_sizes()}
    fresh = [layer for chain, layer in chains.items() if chain not in held]
    for chain, layer in chains.items():
        yield layer, "Already exists" if chain in held else "Pulling fs layer"
    for status in ("Downloading", "Download complete"):
        yield from ((layer, status) for layer in fresh)
    for layer in fresh:
        yield from ((layer, status) for status in ("Extracting", "Pull complete"))
    yield "", "Status: Downloaded newer image"
