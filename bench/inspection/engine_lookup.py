"""Finds images in the engine by the user's words; one that isn't there is told with near names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.inspection.near_names import perhaps
from bench.inspection.target import EngineTarget
from builders.engine import Engine, ImageInfo
from builders.errors import ConfigurationError, EngineUnavailable


def connected(connect: Callable[[], Engine], name: str) -> Engine:
    """The engine; raises EngineUnavailable with what works without one."""
    try:
        return connect()
    except EngineUnavailable as error:
        place = f" ({error.where})" if error.where else ""
        raise EngineUnavailable(
            f"is no archive or variant, and {error.what}{place}",
            where=name,
            next_step=f"{error.next_step}; no engine is needed for an archive: "
            "`docker save IMAGE --output FILE` writes one elsewhere",
        ) from error


def look_up(
    engine: Engine, target: EngineTarget, variants: Callable[[], Sequence[str]]
) -> ImageInfo:
    """The image; raises ConfigurationError when the engine doesn't hold it."""
    found = engine.image(target.reference)
    if found is not None:
        return found
    if target.variant:
        raise ConfigurationError(
            "the variant isn't built",
            where=target.name,
            next_step=f"run `slimbench build {target.name}`",
        )
    near = perhaps(target.name, [*variants(), *engine.tags()])
    raise ConfigurationError(
        "is no archive, no variant, and no image of the engine",
        where=target.name,
        next_step=near or f"`docker pull {target.name}` gets an image from a registry",
    )
