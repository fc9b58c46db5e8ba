"""What a Dockerfile says of its image: where it begins, how it is started, which port it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, Optional, TypeVar

from builders.dockerfile_text import (
    Instruction,
    begun,
    expanded,
    instructions,
    pairs,
    words,
)
from builders.errors import ConfigurationError

T_co = TypeVar("T_co", covariant=True)
_URL_PATH = re.compile(r"https?://[^/\s\"']+(/[^\s\"'|;)\]]*)?")
_ONE_ARGUMENT = re.compile(r"\$\{?(\w+)\}?")


@dataclass(frozen=True)
class Found(Generic[T_co]):
    """What was found, and where: `Dockerfile:12`."""

    value: T_co
    where: str


@dataclass(frozen=True)
class Beginning:
    """What a stage stands on: an image by name, and the build argument that can replace it."""

    image: str
    argument: Optional[str] = None


@dataclass(frozen=True)
class Recipe:
    """One Dockerfile; what is said of the image counts for its last stage.

    Attributes:
        beginnings: of the stages that stand on an image, in order.
        arguments: names of the build arguments that it takes.
        command: ENTRYPOINT and CMD after each other.
        ready: the path that HEALTHCHECK asks.
        installed: all that COPY and RUN say, in which the names of requirement sets stand.
    """

    path: str
    beginnings: tuple[Beginning, ...] = ()
    arguments: frozenset[str] = frozenset()
    entrypoint: tuple[str, ...] = ()
    command: Found[tuple[str, ...]] = Found((), "")
    exposed: Optional[Found[int]] = None
    ready: Optional[Found[str]] = None
    environment: Mapping[str, str] = field(default_factory=dict)
    installed: str = ""


@dataclass(frozen=True)
class _Stage:
    """What the instructions of a stage have set so far."""

    environment: dict[str, str]
    entrypoint: tuple[str, ...] = ()
    command: Found[tuple[str, ...]] = Found((), "")
    exposed: Optional[Found[int]] = None
    ready: Optional[Found[str]] = None


def read_recipe(path: str, text: str) -> Recipe:
    """Read a Dockerfile; raises ConfigurationError when it begins from nothing."""
    known = list(instructions(text))
    if not any(one.word == "FROM" and one.value for one in known):
        step = "correct it, or take it out of the folder"
        raise ConfigurationError("has no FROM, and is no Dockerfile", where=path, next_step=step)
    beginnings, stage = _through_the_stages(path, known)
    return Recipe(
        path=path,
        beginnings=beginnings,
        arguments=frozenset(one.value.split("=", 1)[0].strip() for one in known if _is_arg(one)),
        entrypoint=stage.entrypoint,
        command=replace(stage.command, value=stage.entrypoint + stage.command.value),
        exposed=stage.exposed,
        ready=stage.ready,
        environment=stage.environment,
        installed=" ".join(one.value for one in known if one.word in ("COPY", "RUN")),
    )


def _is_arg(one: Instruction) -> bool:
    return one.word == "ARG"


def _through_the_stages(
    path: str, known: list[Instruction]
) -> tuple[tuple[Beginning, ...], _Stage]:
    beginnings: list[Beginning] = []
    stages: dict[str, _Stage] = {}
    arguments: dict[str, str] = {}
    stage, name = _Stage({}), ""
    for one in known:
        if one.word == "FROM" and one.value:
            beginning, name = _beginning(one.value, arguments)
            stage = stages.get(beginning.image.lower(), _Stage({}))
            if beginning.image.lower() not in stages:
                beginnings.append(beginning)
        elif _is_arg(one):
            key, _, value = one.value.partition("=")
            arguments.setdefault(key.strip(), expanded(value.strip().strip("\"'"), arguments))
        else:
            stage = _after(stage, one, f"{path}:{one.line}", arguments)
        stages.update({name: stage} if name else {})
    return tuple(beginnings), stage


def _beginning(value: str, arguments: Mapping[str, str]) -> tuple[Beginning, str]:
    image, name = begun(value)
    alone = _ONE_ARGUMENT.fullmatch(image)
    return Beginning(expanded(image, arguments), alone[1] if alone else None), name.lower()


def _after(stage: _Stage, one: Instruction, where: str, arguments: Mapping[str, str]) -> _Stage:
    value = expanded(one.value, {**arguments, **stage.environment})
    if one.word == "ENV":
        return replace(stage, environment={**stage.environment, **pairs(value)})
    if one.word == "ENTRYPOINT":
        command = stage.command if stage.command.where else Found((), where)
        return replace(stage, entrypoint=words(value), command=command)
    if one.word == "CMD":
        return replace(stage, command=Found(words(value), where))
    if one.word == "EXPOSE" and stage.exposed is None:
        return replace(stage, exposed=_port(value, where))
    if one.word == "HEALTHCHECK" and (url := _URL_PATH.search(value)):
        return replace(stage, ready=Found((url[1] or "/").split("?", 1)[0], where))
    return stage


def _port(value: str, where: str) -> Optional[Found[int]]:
    first = re.match(r"\d{1,5}", value)
    return Found(int(first[0]), where) if first and 1 <= int(first[0]) <= 65535 else None
