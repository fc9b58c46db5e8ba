"""Everything that one reading of an archive gave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.inspection.archive_stream import broken
from bench.inspection.layers import BrokenLayer, Document, Scanned, ScannedLayer
from bench.inspection.saved_image import SavedImage
from builders.errors import EngineError
from builders.problems import shortened


@dataclass
class ReadArchive:
    """Layers by digest, documents by name, and what began like a layer and was none."""

    layers: dict[str, ScannedLayer] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    broken: list[BrokenLayer] = field(default_factory=list)

    @classmethod
    def of(cls, items: Iterable[Scanned]) -> ReadArchive:
        """All of them."""
        archive = cls()
        for item in items:
            archive.take(item)
        return archive

    def take(self, item: Scanned) -> None:
        """Keep one more; of documents with the same name the last counts, as when unpacked."""
        if isinstance(item, Document):
            self.documents[item.name] = item.data
        elif isinstance(item, BrokenLayer):
            self.broken.append(item)
        else:
            self.layers[item.contents.diff_id] = item

    def lacking(self, image: SavedImage, number: int) -> EngineError:
        """Why one of the image's layers can't be told, with its name in the archive."""
        diff_id = image.config.diff_ids[number]
        member = image.layers[number] if number < len(image.layers) else ""
        errors = {layer.member: layer.error for layer in self.broken}
        if member in errors:
            return errors[member]
        place = f"{image.where}, layer {member}"
        if member in self.documents:
            return broken("it isn't a tar archive", place)
        if any(layer.contents.member == member for layer in self.layers.values()):
            what = "its content isn't what the image's configuration says"
            return broken(f"{what} ({shortened(diff_id)})", place)
        return broken(f"the archive lacks the layer {shortened(diff_id)}", image.where)
