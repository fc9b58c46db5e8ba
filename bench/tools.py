"""Which of the catalogue's programs can be run in an image, found without running anything."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import Optional

from bench.file_tree import FileTree
from bench.layers import Entry
from bench.record_types import Tool
from bench.tool_catalogue import KINDS, MULTI_CALL, tool_named

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # the engine's
VENV_BIN = "/opt/venv/bin"


def find_tools(layers: Iterable[Iterable[Entry]], environment: Sequence[str]) -> tuple[Tool, ...]:
    """One `Tool` for each program of the catalogue, sorted by kind and name.

    Args:
        layers: the entries of each layer, lowest first.
        environment: the image's, as `NAME=value`; its PATH says where to look.
    """
    tree = FileTree(layers)
    found: dict[str, list[str]] = {}
    for path in _candidates(tree, environment):
        name = _program(tree, path)
        if name is not None:
            found.setdefault(name, []).append(path)
    tools = (Tool(name=name, kind=KINDS[name], path=_best(name, found[name])) for name in found)
    return tuple(sorted(tools, key=lambda tool: (tool.kind, tool.name)))


def _best(name: str, paths: Sequence[str]) -> str:
    """The first path that is called like the tool, or the first of all."""
    return min(paths, key=lambda path: posixpath.basename(path) != name)


def _candidates(tree: FileTree, environment: Sequence[str]) -> Iterator[str]:
    for folder in _search_path(environment):
        for name in tree.names(folder):
            yield posixpath.join(folder, name)


def _search_path(environment: Sequence[str]) -> tuple[str, ...]:
    variables = dict(line.partition("=")[::2] for line in environment)
    folders = variables.get("PATH", DEFAULT_PATH).split(":")
    absolute = (folder for folder in folders if folder.startswith("/"))
    return tuple(dict.fromkeys((*absolute, VENV_BIN)))


def _program(tree: FileTree, path: str) -> Optional[str]:
    """The catalogue's name of what runs at a path; a link counts as the program it leads to."""
    real = tree.executable(path)
    if real is None:
        return None
    called = tool_named(posixpath.basename(path))
    program = tool_named(posixpath.basename(real))
    if program in MULTI_CALL:
        return called or program
    return program or called
