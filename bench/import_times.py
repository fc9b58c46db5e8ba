"""What `python -X importtime` writes, as a tree of top modules.

Python writes a line for each module when its import is done, so that what a module imports stands
before it, indented deeper, in microseconds. A module that several import stands where it was
imported first, for only then it costs anything. Imports by `importlib.import_module` have no line
of their own: what they import has, and their own statements count to whoever called.
Source: the Python documentation, Command line and environment, `-X importtime`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bench.condition_types import Frozen

_LINE = re.compile(r"import time: +(\d+) \| +(\d+) \| (( {2})*)(\S+)\s*$")
_TITLE = re.compile(r"import time: self \[us\]|import time: +cached ")
_PREFIX = "import time:"


class TopModule(Frozen):
    """A top module and, below it, the other top modules that it was the first to import.

    Attributes:
        name: up to the first dot.
        self_ns: its own statements, those of all its submodules included.
        imported: in the order in which it first imported something of them.
    """

    name: str
    self_ns: int
    imported: tuple[TopModule, ...] = ()

    @property
    def cumulative_ns(self) -> int:
        """Everything that importing it took."""
        return self.self_ns + sum(one.cumulative_ns for one in self.imported)


@dataclass(frozen=True)
class _Module:
    name: str
    depth: int
    self_ns: int
    imported: tuple[_Module, ...]

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]


def parse_import_times(text: str) -> tuple[TopModule, ...]:
    """The top modules that the program and the interpreter imported; other lines are passed over.

    Raises:
        ValueError: a line is damaged, or the text was cut off within an import.
    """
    return tuple(_grouped(_modules(text)))


def self_times(tops: Iterable[TopModule]) -> Mapping[str, int]:
    """Own time in ns of each top module, wherever it stands; together they are the whole time."""
    found: dict[str, int] = {}
    for top in tops:
        for name, self_ns in ((top.name, top.self_ns), *self_times(top.imported).items()):
            found[name] = found.get(name, 0) + self_ns
    return found


def _modules(text: str) -> list[_Module]:
    """The modules that nothing else imported, with what they imported."""
    waiting: list[_Module] = []  # for the line of the module that imported them
    for line in text.splitlines():
        if not line.startswith(_PREFIX) or _TITLE.match(line):
            continue
        found = _LINE.match(line)
        if found is None:
            raise ValueError(f"{line!r} is no line of import times")
        depth = len(found[3]) // 2
        first = len(waiting)
        while first and waiting[first - 1].depth > depth:
            first -= 1
        imported = tuple(waiting[first:])
        _require_depth(imported, depth + 1)
        waiting[first:] = [_Module(found[5], depth, int(found[1]) * 1000, imported)]
    _require_depth(waiting, 0)
    return waiting


def _require_depth(modules: Iterable[_Module], depth: int) -> None:
    for module in modules:
        if module.depth != depth:
            raise ValueError(f"there is no line of what imported {module.name}")


def _grouped(modules: Iterable[_Module]) -> Iterator[TopModule]:
    by_top: dict[str, list[_Module]] = {}
    for module in modules:
        by_top.setdefault(module.top, []).append(module)
    for name, members in by_top.items():
        own = [one for member in members for one in _same_top(member)]
        others = [one for member in own for one in member.imported if one.top != name]
        yield TopModule(
            name=name,
            self_ns=sum(one.self_ns for one in own),
            imported=tuple(_grouped(others)),
        )


def _same_top(module: _Module) -> Iterator[_Module]:
    """It, and what it imported of its own package, directly or by way of such a module."""
    yield module
    for one in module.imported:
        if one.top == module.top:
            yield from _same_top(one)
