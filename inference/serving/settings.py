"""The service's settings, each declared once: option, environment variable, default and range."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

PREFIX = "SLIMBENCH_"


def _setting(default: Any, about: str, least: float = 1, most: float = 2**40) -> Any:
    metadata = {"about": about, "least": least, "most": most}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Settings:
    """What an operator can set; sizes in bytes, times as their names say."""

    # ruff: noqa: RUF009 - each is a dataclass field
    port: int = _setting(8000, "port to listen on, on all addresses", most=65535)
    images: Path = _setting(Path("/images"), "folder of /inference/{filename}")
    max_batch: int = _setting(8, "pictures of several requests in one batch", most=256)
    max_wait_ms: float = _setting(2.0, "longest wait for requests that are arriving", 0, 1000)
    queue: int = _setting(64, "pictures that may wait for the model; more get 503")
    max_body_bytes: int = _setting(20_000_000, "largest request body")
    max_files: int = _setting(32, "files in one request", most=256)
    max_pixels: int = _setting(25_000_000, "largest picture, checked by its header")
    max_buffered_bytes: int = _setting(256_000_000, "all uploads in memory together")
    max_connections: int = _setting(1000, "open connections; more get 503")
    header_timeout_s: float = _setting(5.0, "time for a request's headers", 0.01, 3600)
    keep_alive_s: float = _setting(15.0, "time between two requests", 0.01, 3600)
    body_timeout_s: float = _setting(10.0, "time for a body, or for reading an answer", 0.01, 3600)

    def problem(self) -> str:
        """What doesn't fit together; empty when all does."""
        if self.max_files > self.queue:
            return "max_files is more than queue, so that no request could ever have as many"
        if self.max_body_bytes > self.max_buffered_bytes:
            return "max_body_bytes is more than max_buffered_bytes, so that it could never be sent"
        return ""


def add_options(parser: argparse.ArgumentParser, environment: Mapping[str, str]) -> None:
    """An option for each setting; its default is the environment's, then our own."""
    for one in fields(Settings):
        variable = PREFIX + one.name.upper()
        parser.add_argument(
            "--" + one.name.replace("_", "-"),
            type=_reader(type(one.default), one.metadata["least"], one.metadata["most"]),
            default=environment.get(variable) or one.default,
            help=f"{one.metadata['about']} (default {one.default}; or {variable})",
        )


def from_options(asked: argparse.Namespace) -> Settings:
    """The settings among parsed options; raises ValueError where two contradict each other."""
    settings = Settings(**{one.name: getattr(asked, one.name) for one in fields(Settings)})
    if settings.problem():
        raise ValueError(settings.problem())
    return settings


def from_environment(parser: argparse.ArgumentParser, name: str) -> None:
    """Let SLIMBENCH_`name` give the default of an option that the parser has already."""
    value = os.environ.get(PREFIX + name.upper())
    if value:
        parser.set_defaults(**{name: value})


def _reader(kind: Any, least: float, most: float) -> Callable[[str], Any]:
    if issubclass(kind, Path):
        return Path

    def read(word: str) -> Any:
        try:
            value = kind(word)
        except ValueError:
            value = None
        if value is None or not least <= value <= most:
            what = "whole number" if kind is int else "number"
            raise argparse.ArgumentTypeError(f"'{word}' is no {what} from {least:g} to {most:g}")
        return value

    return read
