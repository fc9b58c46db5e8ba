"""Finds images in the engine by the user's words; one that isn't there is told with near names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.inspection.near_names import perhaps
from bench.inspection.target import SUFFIXES, EngineTarget, files_beside
from builders.engine import Engine, ImageInfo
from builders.errors import ConfigurationError, EngineUnavailable


def connected(connect: Callable[[], Engine], target: EngineTarget) -> Engine:
    """The engine; raises EngineUnavailable with what works without one."""
    try:
        return connect()
    except EngineUnavailable as error:
        place = f" ({error.where})" if error.where else ""
        near = perhaps(target.name, _archives_beside(target.name))
        raise EngineUnavailable(
            f"is no archive, and {error.what}{place}",
            where=target.name,
            next_step=near
            or f"{error.next_step}; no engine is needed for an archive: "
            "`docker save IMAGE --output FILE` writes one elsewhere",
        ) from error


def look_up(
    engine: Engine, target: EngineTarget, variants: Callable[[], Mapping[str, str]]
) -> ImageInfo:
    """The image; raises ConfigurationError when the engine doesn't hold it."""
    name = target.name
    found = engine.image(target.reference)
    if found is not None:
        return found
    if target.variant:
        step = f"run `slimbench build {name}`"
        raise ConfigurationError("the variant isn't built", where=name, next_step=step)
    near = perhaps(name, [*variants(), *engine.tags(), *_archives_beside(name)])
    raise ConfigurationError(
        "is no archive, no variant, and no image of the engine",
        where=name,
        next_step=near or f"`docker pull {name}` gets an image from a registry",
    )


def _archives_beside(word: str) -> list[str]:
    return [name for name in files_beside(word) if name.endswith(SUFFIXES)]
