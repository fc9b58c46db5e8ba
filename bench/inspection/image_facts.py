"""What an inspection tells of an image, for the record, for programs and for people."""

from __future__ import annotations

from collections.abc import Iterator

from bench.inspection.anatomy import Anatomy
from bench.inspection.categories import category_tree
from bench.inspection.contents import ImageContents
from bench.inspection.distribution import distribution
from bench.inspection.facts import ImageFacts, LayerFact
from bench.inspection.hints import hints
from bench.inspection.losses import losses
from bench.inspection.security import masked_settings


def image_facts(anatomy: Anatomy) -> ImageFacts:
    """Summarise an image that was taken apart; pure."""
    contents = anatomy.contents
    return ImageFacts(
        image_id=contents.image_id,
        settings=masked_settings(contents.config),
        layers=tuple(_layers(contents)),
        history_count=len(contents.config.history or ()),
        file_bytes=contents.files.file_bytes,
        files=len(contents.files.regular),
        engine_size_bytes=contents.engine_size_bytes,
        owners=anatomy.ownership.owners,
        tree=category_tree(contents, anatomy.ownership, anatomy.category),
        waste=anatomy.waste,
        tools=anatomy.tools,
        security=anatomy.security,
        losses=losses(contents, anatomy.tools),
        hints=hints(anatomy),
        distribution=distribution(contents.text("etc/os-release")),
    )


def _layers(contents: ImageContents) -> Iterator[LayerFact]:
    sizes = contents.compressed_bytes
    rows = zip(contents.layers, sizes, contents.commands, contents.files.changes)
    for layer, compressed_bytes, command, change in rows:
        kinds = [entry.kind for entry in layer.entries]
        yield LayerFact(
            diff_id=layer.diff_id,
            size_bytes=layer.size_bytes,
            compressed_bytes=compressed_bytes,
            created_by=command,
            files=kinds.count("file"),
            added_bytes=change.added_bytes,
            changed_bytes=change.changed_bytes,
            removed_bytes=change.removed_bytes,
            whiteouts=kinds.count("removed"),
            opaque_folders=kinds.count("opaque"),
            hard_links=kinds.count("hardlink"),
            symbolic_links=kinds.count("symlink"),
        )
