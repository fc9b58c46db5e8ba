"""What an image is made of, without running anything in it."""

from __future__ import annotations

from bench.build_steps import as_written
from bench.layer_cache import LayerCache, layer_facts
from bench.record_types import ImageFacts, LayerFact
from bench.tools import find_tools
from builders.engine import Engine, ImageInfo


def inspect_image(engine: Engine, image: ImageInfo, cache: LayerCache) -> ImageFacts:
    """Sizes, commands and tools of the image; saves it where a layer isn't known yet.

    Raises:
        EngineError: the image can't be saved, or its archive is broken.
    """
    contents = layer_facts(engine, image, cache)
    layers = tuple(
        LayerFact(
            diff_id=layer.diff_id,
            size_bytes=layer.size_bytes,
            compressed_bytes=layer.compressed_bytes,
            created_by=created_by,
        )
        for layer, created_by in zip(contents, _commands(image))
    )
    return ImageFacts(
        layers=layers,
        history_count=len(image.history),
        tools=find_tools((layer.entries for layer in contents), image.environment),
        user=image.user,
        engine_size_bytes=image.engine_size_bytes,
    )


def _commands(image: ImageInfo) -> tuple[str, ...]:
    """The command behind each layer; empty where the history doesn't fit the layers."""
    commands = tuple(as_written(entry.created_by) for entry in image.history if not entry.empty)
    fits = len(commands) == len(image.diff_ids)
    return commands if fits else ("",) * len(image.diff_ids)
