"""A deployment file for Cerebrium, and what of it must agree with the files beside it; pure.

Keys: docs.cerebrium.ai, TOML reference and custom Dockerfiles, as of 2026.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from builders.errors import ConfigurationError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_INSTRUCTION = re.compile(r"^(FROM|EXPOSE|CMD)\s+(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Check:
    """One thing that must hold."""

    subject: str
    holds: bool
    told: str


@dataclass(frozen=True)
class Deployment:
    """What the file says; paths are relative to its folder.

    Attributes:
        include: patterns of what is uploaded.
        entrypoint: the command that replaces the image's own.
        health, ready: paths that must answer 200.
        instructions: the Dockerfile's last FROM, EXPOSE and CMD; empty without a Dockerfile.
    """

    folder: Path
    include: tuple[str, ...]
    dockerfile: str
    entrypoint: tuple[str, ...]
    port: int
    health: str
    ready: str
    instructions: Mapping[str, str]

    @property
    def command(self) -> tuple[str, ...]:
        """The Dockerfile's CMD; empty without one in its list form."""
        try:
            return tuple(json.loads(self.instructions.get("CMD", "[]")))
        except ValueError:
            return ()

    @property
    def base(self) -> str:
        """The image that the Dockerfile begins from."""
        return self.instructions.get("FROM", "")


def read(path: Path) -> Deployment:
    """Read the file and its Dockerfile; raises ConfigurationError."""
    try:
        content: Any = tomllib.loads(path.read_text(encoding="utf-8"))
        sections: Any = content["cerebrium"]
        runtime = sections["runtime"]["custom"]
        dockerfile = str(runtime["dockerfile_path"])
        return Deployment(
            folder=path.parent,
            include=tuple(map(str, sections["deployment"]["include"])),
            dockerfile=dockerfile,
            entrypoint=tuple(map(str, runtime["entrypoint"])),
            port=int(runtime["port"]),
            health=str(runtime["healthcheck_endpoint"]),
            ready=str(runtime["readycheck_endpoint"]),
            instructions=_instructions(path.parent / dockerfile),
        )
    except OSError as error:
        raise ConfigurationError(f"can't be read ({error.strerror})", where=str(path)) from error
    except KeyError as error:
        raise ConfigurationError(f"lacks the key {error}", where=str(path)) from error
    except (TypeError, ValueError) as error:  # tomllib's own error is a ValueError
        raise ConfigurationError(f"is no deployment file ({error})", where=str(path)) from error


def _instructions(dockerfile: Path) -> Mapping[str, str]:
    if not dockerfile.is_file():
        return {}
    return dict(_INSTRUCTION.findall(dockerfile.read_text(encoding="utf-8")))


def check_files(deployment: Deployment) -> Iterator[Check]:
    """What can be seen without the image."""
    included = {path for pattern in deployment.include for path in _matches(deployment, pattern)}
    empty = [pattern for pattern in deployment.include if not _matches(deployment, pattern)]
    lost = ", ".join(empty) or "none"
    yield Check("files included", bool(included) and not empty, f"patterns without a file: {lost}")
    dockerfile = (deployment.folder / deployment.dockerfile).resolve()
    told = f"{deployment.dockerfile} exists and is included"
    yield Check("Dockerfile", dockerfile in included, told)
    ports = {
        "file": str(deployment.port),
        "EXPOSE": deployment.instructions.get("EXPOSE"),
        "entrypoint": _port(deployment.entrypoint),
        "CMD": _port(deployment.command),
    }
    told = ", ".join(f"{where} {port or 'none'}" for where, port in ports.items())
    yield Check("port", len(set(ports.values())) == 1, told)


def check_image_words(
    deployment: Deployment, image: str, image_entrypoint: tuple[str, ...]
) -> Iterator[Check]:
    """What the image's configuration must agree with."""
    told = f"the Dockerfile begins from {deployment.base or 'nothing'}"
    yield Check("image", deployment.base.endswith(f"/{image}"), told)
    own = (*image_entrypoint, *deployment.command)
    told = f"file {' '.join(deployment.entrypoint)}, image with CMD {' '.join(own)}"
    yield Check("command", deployment.entrypoint == own, told)


def _matches(deployment: Deployment, pattern: str) -> list[Path]:
    return [path.resolve() for path in deployment.folder.glob(pattern) if path.is_file()]


def _port(words: tuple[str, ...]) -> Optional[str]:
    """What follows `--port`."""
    followed = zip(words, words[1:])
    return next((value for word, value in followed if word == "--port"), None)
