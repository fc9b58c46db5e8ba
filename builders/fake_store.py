"""The in-memory engine's image store: what it holds, under which names."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from typing import Optional

from builders.engine import ImageInfo
from builders.engine_boundary import no_such_image
from builders.errors import EngineError
from builders.fake_images import FakeImage
from builders.labels import own_tag
from builders.own_images import StoredImages


class FakeStore:
    """Images by id, and their names (tags and repository digests); safe to use from threads."""

    def __init__(self) -> None:
        self._images: dict[str, FakeImage] = {}
        self._names: dict[str, str] = {}
        self._lock = threading.RLock()

    def keep(self, image: FakeImage, reference: str = "") -> ImageInfo:
        """Hold the image, under this name when one is given; an earlier image loses the name."""
        with self._lock:
            self._images.setdefault(image.image_id, image)
            if reference:
                self._names[full_name(reference)] = image.image_id
            return self.described(image)

    def find(self, reference: str) -> Optional[FakeImage]:
        """The image of a name or id, or None."""
        with self._lock:
            return self._images.get(self._names.get(full_name(reference), reference))

    def require(self, reference: str) -> FakeImage:
        """The image of a name or id; raises ImageNotFound."""
        found = self.find(reference)
        if found is None:
            raise no_such_image(reference)
        return found

    def labelled(self, labels: Mapping[str, str]) -> list[FakeImage]:
        """Images that carry all these labels, untagged ones too."""
        with self._lock:
            return [image for image in self._images.values() if carries(image.labels, labels)]

    def stored(self, labels: Mapping[str, str]) -> StoredImages:
        """The ids of labelled images, and the bytes of their layers, each once."""
        found = self.labelled(labels)
        layers = {chain: size for image in found for chain, size in image.layer_sizes().items()}
        return StoredImages(frozenset(image.image_id for image in found), sum(layers.values()))

    def names(self, image_id: str) -> list[str]:
        """The image's names, oldest first."""
        with self._lock:
            return [name for name, held in self._names.items() if held == image_id]

    def chains(self) -> set[tuple[str, ...]]:
        """The layers held, each by all digests up to its own."""
        with self._lock:
            return {chain for image in self._images.values() for chain in image.layer_sizes()}

    def remove_name(self, name: str, used: Collection[str]) -> None:
        """Take a name away, and the image with its last one.

        Raises:
            EngineError: it is the last one, and the image is among the used ones.
        """
        with self._lock:
            held = self._names.get(full_name(name))
            if held is None:
                return
            is_last = self.names(held) == [full_name(name)]
            if is_last and held in used:
                raise EngineError("a container uses the image", where=name)
            del self._names[full_name(name)]
            if is_last:
                del self._images[held]

    def described(self, image: FakeImage) -> ImageInfo:
        """The image as the engine tells of it."""
        names = self.names(image.image_id)
        digests = [name for name in names if "@" in name]
        return image.described([name for name in names if name not in digests], digests)

    def remove_labelled(self, labels: Mapping[str, str], used: Collection[str]) -> tuple[int, int]:
        """Remove labelled images but those in `used`; how many, and bytes no other one shares."""
        with self._lock:
            unused = [image for image in self.labelled(labels) if image.image_id not in used]
            gone = [image for image in unused if self._lets_go(image)]
            for image in gone:
                del self._images[image.image_id]
            self._names = {name: held for name, held in self._names.items() if held in self._images}
            kept = self.chains()
        freed = {chain: size for image in gone for chain, size in image.layer_sizes().items()}
        return len(gone), sum(size for chain, size in freed.items() if chain not in kept)

    def _lets_go(self, image: FakeImage) -> bool:
        """Take the tag it was built as away; whether it has no other one."""
        tag = own_tag(self.described(image).tags, image.labels)
        if tag is not None:
            del self._names[tag]
        return not self.described(image).tags


def carries(own: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Whether all wanted labels are there; an empty value matches any."""
    return all(key in own and value in ("", own[key]) for key, value in wanted.items())


def full_name(reference: str) -> str:
    """The reference with the tag that the engine adds where there is none."""
    named = "@" in reference or ":" in reference.rsplit("/", 1)[-1]
    return reference if named or not reference else f"{reference}:latest"
