"""How the service of a folder is asked: over HTTP, or by running it; and where that was found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Optional

from builders.starting.folder import Folder
from builders.starting.recipe import Found, Recipe
from builders.starting.sources import is_route

# Programs that serve, with the port they take when none is said.
SERVERS = {
    "bentoml": 3000,
    "daphne": 8000,
    "fastapi": 8000,
    "flask": 5000,
    "granian": 8000,
    "gunicorn": 8000,
    "http.server": 8000,
    "hypercorn": 8000,
    "runserver": 8000,
    "streamlit": 8501,
    "uvicorn": 8000,
    "waitress-serve": 8080,
}
_PORT = re.compile(
    r"(?:--?[\w.-]*port|-p|--bind|-b|--listen|runserver|http\.server)[= ]+(?:\S*:)?(\d{2,5})\b"
)
_READY = re.compile(r"/(?:\w+/)*(ready|health|alive|live|ping|status)\w*", re.IGNORECASE)
_PREDICTS = re.compile(r"predict|infer|score|classify|invocations|embed|generate", re.IGNORECASE)


@dataclass(frozen=True)
class Http:
    """A service on a port.

    Attributes:
        taking: a route that is sent something, if there is one.
        sent: a JSON file to send there.
    """

    port: Found[int]
    ready: Found[str]
    taking: Optional[Found[str]]
    sent: Optional[str]


@dataclass(frozen=True)
class Command:
    """A command that answers on standard output; `sample` is a file that it takes, if any."""

    words: Found[tuple[str, ...]]
    sample: Optional[str]


def http_of(folder: Folder, recipe: Recipe) -> Optional[Http]:
    """How to ask over HTTP, or None where nothing listens on a port."""
    port = next(_ports(folder, recipe), None)
    if port is None:
        return None
    taking = _routes(folder, "POST")
    best = [route for route in taking if _PREDICTS.search(route.value)]
    sent = [name for name in folder.samples if name.endswith(".json")]
    return Http(
        port=port,
        ready=_ready(folder, recipe),
        taking=next(iter([*best, *taking]), None),
        sent=sent[0] if sent and taking else None,
    )


def command_of(folder: Folder, recipe: Recipe) -> Command:
    """How to ask by running it; without an entrypoint, arguments would replace the command."""
    taken = folder.samples if recipe.entrypoint else ()
    return Command(recipe.command, next(iter(taken), None))


def _ports(folder: Folder, recipe: Recipe) -> Iterator[Found[int]]:
    """Every sign of a port, the clearest first."""
    said = _PORT.search(" ".join(recipe.command.value))
    if said and 1 <= int(said[1]) <= 65535:
        yield Found(int(said[1]), recipe.command.where)
    if recipe.exposed is not None:
        yield recipe.exposed
    for name in ("FLASK_RUN_PORT", "PORT"):
        number = recipe.environment.get(name, "")
        if re.fullmatch(r"[1-9][0-9]{0,3}|[1-5][0-9]{4}", number):
            yield Found(int(number), f"{name} in {recipe.path}")
    yield from (source.port for source in folder.sources if source.port is not None)
    for word in recipe.command.value:
        program = word.rsplit("/", 1)[-1]
        if program in SERVERS:
            yield Found(SERVERS[program], f"where {program} listens when nothing is said")


def _ready(folder: Folder, recipe: Recipe) -> Found[str]:
    got = _routes(folder, "GET")
    asked = [recipe.ready] if recipe.ready and is_route(recipe.ready.value) else []
    named = [route for route in got if _READY.fullmatch(route.value)]
    roots = [route for route in got if route.value == "/"]
    return next(iter([*asked, *named, *roots, *got]), Found("/", ""))


def _routes(folder: Folder, method: str) -> list[Found[str]]:
    every = (route for source in folder.sources for route in source.routes)
    return [Found(path, r.where) for r in every for verb, path in [r.value] if verb == method]
