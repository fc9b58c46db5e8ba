"""Which of the catalogue's programs can be run in an image, found without running anything."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import Optional

from bench.inspection.file_system import FileSystem
from bench.inspection.finding_types import Tool
from builders.tool_catalogue import KINDS, MULTI_CALL, tool_named

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # the engine's
VENV_BIN = "/opt/venv/bin"


def find_tools(files: FileSystem, environment: Sequence[str]) -> tuple[Tool, ...]:
    """One `Tool` for each program of the catalogue, sorted by kind and name.

    Args:
        files: the final file system.
        environment: the image's, as `NAME=value`; its PATH says where to look.
    """
    found: dict[str, list[str]] = {}
    for path in _candidates(files, environment):
        name = _program(files, path)
        if name is not None:
            found.setdefault(name, []).append(path)
    tools = (Tool(name=name, kind=KINDS[name], path=_best(name, found[name])) for name in found)
    return tuple(sorted(tools, key=lambda tool: (tool.kind, tool.name)))


def programs(files: FileSystem, environment: Sequence[str]) -> frozenset[str]:
    """Every name that can be run without a path, the catalogue's and all others."""
    paths = (path for path in _candidates(files, environment) if files.executable(path))
    return frozenset(map(posixpath.basename, paths))


def _best(name: str, paths: Sequence[str]) -> str:
    """The first path that is called like the tool, or the first of all."""
    return min(paths, key=lambda path: posixpath.basename(path) != name)


def _candidates(files: FileSystem, environment: Sequence[str]) -> Iterator[str]:
    for folder in _search_path(environment):
        for name in files.names(folder):
            yield posixpath.join(folder, name)


def _search_path(environment: Sequence[str]) -> tuple[str, ...]:
    variables = dict(line.partition("=")[::2] for line in environment)
    folders = variables.get("PATH", DEFAULT_PATH).split(":")
    absolute = (folder for folder in folders if folder.startswith("/"))
    return tuple(dict.fromkeys((*absolute, VENV_BIN)))


def _program(files: FileSystem, path: str) -> Optional[str]:
    """The catalogue's name of what runs at a path; a link counts as the program it leads to."""
    real = files.executable(path)
    if real is None:
        return None
    called = tool_named(posixpath.basename(path))
    program = tool_named(posixpath.basename(real))
    if program in MULTI_CALL:
        return called or program
    return program or called
