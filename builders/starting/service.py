"""How the service of a folder is asked: over HTTP, or by running it; with where each part was found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Optional

from builders.starting.recipe import Found, Recipe
from builders.starting.sources import Source

# Programs that serve, with the port they take when none is said; the last one has none.
SERVERS = {
    "gunicorn": 8000,
    "uvicorn": 8000,
    "hypercorn": 8000,
    "granian": 8000,
    "daphne": 8000,
    "fastapi": 8000,
    "runserver": 8000,
    "http.server": 8000,
    "flask": 5000,
    "waitress-serve": 8080,
    "streamlit": 8501,
    "bentoml": 3000,
    "litserve": 8000,
}
_PORT = re.compile(
    r"(?:--?[\w.-]*port|-p|--bind|-b|--listen|runserver|http\.server)[= ]+(?:\S*:)?(\d{2,5})\b"
)
_READY = re.compile(r"/(?:\w+/)*(?:ready|health|alive|live|ping|status)\w*$", re.IGNORECASE)
_PREDICTS = re.compile(r"predict|infer|score|classify|invocations|embed|generate", re.IGNORECASE)


@dataclass(frozen=True)
class Sample:
    """A file of the folder that looks like something to ask with; `content` of a JSON file."""

    path: str
    content: Any = None


@dataclass(frozen=True)
class Http:
    """A service on a port; `sent` is None where only the ready path is asked.

    Attributes:
        route: what takes something, if a route does.
    """

    port: Found[int]
    ready: Found[str]
    route: Optional[Found[str]]
    sent: Optional[Sample]


@dataclass(frozen=True)
class Command:
    """A command that answers on standard output; it gets `sample` as its argument, if any."""

    found: Found[tuple[str, ...]]
    sample: Optional[Sample]


def http_of(
    recipe: Recipe, sources: tuple[Source, ...], samples: tuple[Sample, ...]
) -> Optional[Http]:
    """How to ask over HTTP, or None where nothing listens on a port."""
    port = next(_ports(recipe, sources), None)
    if port is None:
        return None
    routes = [route for source in sources for route in source.routes]
    taking = [Found(r.value[1], r.where) for r in routes if r.value[0] == "POST"]
    route = next((r for r in taking if _PREDICTS.search(r.value)), next(iter(taking), None))
    sent = next((s for s in samples if s.content is not None), None)
    return Http(port, _ready(recipe, routes), route, sent if route else None)


def command_of(recipe: Recipe, samples: tuple[Sample, ...]) -> Command:
    """How to ask by running it."""
    sample = next(iter(samples), None) if recipe.entrypoint else None
    return Command(recipe.command, sample)


def _ports(recipe: Recipe, sources: tuple[Source, ...]) -> Iterator[Found[int]]:
    """Every sign of a port, what is said most clearly first."""
    command = recipe.command
    if match := _PORT.search(" ".join(command.value)):
        number = int(match[1])
        if 1 <= number <= 65535:
            yield Found(number, command.where)
    if recipe.exposed is not None:
        yield recipe.exposed
    for name in ("FLASK_RUN_PORT", "PORT"):
        text = recipe.environment.get(name, "")
        if re.fullmatch(r"[1-9]\d{0,3}|[1-5]\d{4}", text):
            yield Found(int(text), f"{recipe.path}, ENV {name}")
    yield from (source.port for source in sources if source.port is not None)
    for word in command.value:
        program = word.rsplit("/", 1)[-1]
        if program in SERVERS:
            yield Found(SERVERS[program], f"what {program} takes where nothing else is said")


def _ready(recipe: Recipe, routes: list[Found[tuple[str, str]]]) -> Found[str]:
    if recipe.ready is not None:
        return recipe.ready
    got = [Found(route.value[1], route.where) for route in routes if route.value[0] == "GET"]
    named = [route for route in got if _READY.search(route.value)]
    roots = [route for route in got if route.value == "/"]
    return next(iter([*named, *roots, *got]), Found("/", ""))
