"""What a pull measurement that was killed leaves: a registry, a second engine, names of images."""

from __future__ import annotations

import re
from pathlib import Path

from bench import left_engines, left_registries
from builders.engine import Engine
from builders.maker import has_ended, own_mark

FOLDER = "pulls"  # of the cache: its disk must hold what is pushed and pulled
UNMARKED = "latest"
# The version names the maker, as containers' labels do: a pushed name is taken away at once.
_PUSHED = re.compile(r"127\.0\.0\.1:\d+/slimbench/[^/:]+:(\S+)")


def pushed_name(address: str, variant: str) -> str:
    """What a variant's image is called in the registry at this address."""
    return f"{address}/slimbench/{variant}:{''.join(own_mark().values()) or UNMARKED}"


def remove_left_pulls(engine: Engine, cache: Path) -> None:
    """End and remove what is surely left; where nothing is, it takes a few milliseconds."""
    left_engines.remove_left(cache / FOLDER)
    left_registries.remove_left(cache / FOLDER)
    for name in engine.tags():
        found = _PUSHED.fullmatch(name)
        if found and has_ended(found[1]):
            engine.remove_name(name)
