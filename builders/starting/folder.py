"""What a folder holds that a matrix can be made of: Dockerfiles, sources, requirements, samples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Optional

from builders.errors import ConfigurationError
from builders.starting.recipe import Recipe, read_recipe
from builders.starting.sources import Source, read_source

MOST_BYTES = 1024**2
MOST_FILES = 200
PLACES = ("", "docker", "dockerfiles")
_DOCKERFILE = re.compile(r"(?:(?P<before>.+)\.)?(?:dockerfile|containerfile)(?:\.(?P<after>.+))?")
_PASSED_OVER = frozenset({"tests", "test", "venv", "node_modules", "site-packages", "__pycache__"})
_ASKS = re.compile(r"request|sample|example|input|payload|query", re.IGNORECASE)
_SAMPLES = (".json", ".csv", ".jpg", ".jpeg", ".png")


@dataclass(frozen=True)
class Folder:
    """What was found; all paths are relative to the folder, in the order they are to be tried.

    Attributes:
        recipes: the Dockerfiles by the part of their name that tells them apart, the usual one
            (an empty part) first.
        locks: requirement sets with every file's hash; `loose` are those without.
        samples: files to ask with.
    """

    name: str
    recipes: tuple[tuple[str, Recipe], ...]
    sources: tuple[Source, ...]
    locks: tuple[str, ...]
    loose: tuple[str, ...]
    samples: tuple[str, ...]


def look(folder: Path) -> Folder:
    """Find what is there.

    Raises:
        ConfigurationError: a Dockerfile can't be read, or there is none.
        OSError: the folder can't be read.
    """
    recipes = tuple(_recipes(folder))
    if not recipes:
        step = (
            "write one as in docs/your-own-service.md, or begin in an empty folder,"
            " where `slimbench init` writes a service with two"
        )
        raise ConfigurationError("holds no Dockerfile", where=str(folder), next_step=step)
    sets = sorted(path for path in _files(folder) if re.match(r"requirements.*\.txt", path.name))
    locked = {path.name: "--hash=" in (_text(path) or "") for path in sets}
    return Folder(
        name=folder.resolve().name,
        recipes=recipes,
        sources=tuple(_sources(folder)),
        locks=tuple(name for name, is_locked in locked.items() if is_locked),
        loose=tuple(name for name, is_locked in locked.items() if not is_locked),
        samples=tuple(_samples(folder)),
    )


def _recipes(folder: Path) -> Iterator[tuple[str, Recipe]]:
    named = [(part, path) for place in PLACES for part, path in _dockerfiles(folder / place)]
    for part, path in sorted(named, key=lambda each: (each[0], str(each[1]))):
        text, told = _text(path), path.relative_to(folder).as_posix()
        if text is None:
            step = "take it out of the folder, or let it be read"
            raise ConfigurationError("can't be read as text", where=told, next_step=step)
        yield part, read_recipe(told, text)


def _dockerfiles(place: Path) -> Iterator[tuple[str, Path]]:
    for path in _files(place):
        match = _DOCKERFILE.fullmatch(path.name.lower())
        if match and match["after"] != "dockerignore":
            yield "-".join(filter(None, (match["before"], match["after"]))), path


def _files(place: Path) -> list[Path]:
    """Regular files of a folder that a matrix can name: inside it, and with names that are text."""
    if not place.is_dir():
        return []
    inside = place.resolve()
    each = (path for path in sorted(place.iterdir()) if path.is_file() and _speakable(path.name))
    return list(islice((p for p in each if p.resolve().is_relative_to(inside)), MOST_FILES))


def _speakable(name: str) -> bool:
    return name.isprintable() and not name.startswith(".")


def _text(path: Path) -> Optional[str]:
    """The content, or None of a file that is no text, too large or not to be read."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        return content.decode("utf-8-sig") if len(content) <= MOST_BYTES else None
    except (OSError, UnicodeDecodeError):
        return None


def _sources(folder: Path) -> Iterator[Source]:
    for place in (folder, *_subfolders(folder)):
        for path in _files(place):
            if path.suffix == ".py" and not path.name.startswith("test_"):
                yield read_source(path.relative_to(folder).as_posix(), _text(path) or "")


def _subfolders(folder: Path) -> list[Path]:
    each = (path for path in sorted(folder.iterdir()) if path.is_dir() and not path.is_symlink())
    return [path for path in each if _speakable(path.name) and path.name not in _PASSED_OVER]


def _samples(folder: Path) -> Iterator[str]:
    for suffix in _SAMPLES:
        for path in _files(folder):
            if path.suffix.lower() == suffix and (suffix != ".json" or _ASKS.search(path.stem)):
                yield path.name
