"""YAML nodes, composed under limits, as plain data that remembers the line of every key.

PyYAML's own construction keeps the last of two equal keys silently, forgets the lines and unfolds
aliases without end; so only its scanner, parser, composer and scalars are used.
"""

from __future__ import annotations

import re
from typing import Any, Optional

import yaml
from yaml.composer import ComposerError
from yaml.constructor import SafeConstructor

from builders.problems import KeyPath, Problem, shortened

MAX_NODES = 5_000  # keys and values, each alias counted as all that it stands for
MAX_DEPTH = 32

_TAG = "tag:yaml.org,2002:"
_MERGE = _TAG + "merge"
_NUMBERS = {_TAG + kind for kind in ("null", "bool", "int", "float")}
_TEXT = {_TAG + kind for kind in ("str", "timestamp", "value", "merge")}
_COLLECTIONS = {_TAG + "map", _TAG + "seq"}

_Entries = dict[str, tuple[yaml.Node, yaml.Node]]


class LimitPassed(ComposerError):  # noqa: N818 - reads as the state it is
    """The file is too large, too deep or without end."""

    def __init__(self, what: str, mark: yaml.Mark) -> None:
        super().__init__(None, None, what, mark)


class LimitedLoader(yaml.SafeLoader):
    """PyYAML's safe loader, which stops as soon as a limit is passed.

    `compose_node` raises LimitPassed, with the place, at more than MAX_NODES nodes, at more than
    MAX_DEPTH levels, and at an alias that stands for a part of itself. Sizes are summed from the
    leaves, so that an alias costs nothing however much it stands for.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = self._nodes = 0
        self._below: dict[int, tuple[int, int]] = {}  # id(node): nodes and levels it holds

    def compose_node(self, parent: Optional[yaml.Node], index: Any) -> Optional[yaml.Node]:
        """Compose the next node, within the limits."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        self._depth += 1
        self._nodes += 1
        _refuse_beyond(self._nodes, self._depth, event.start_mark)
        node = super().compose_node(parent, index)
        if node is not None and not isinstance(event, yaml.AliasEvent):
            self._below[id(node)] = self._sum(node)
        if id(node) not in self._below:
            raise LimitPassed("has an alias that stands for a part of itself", event.start_mark)
        nodes, levels = self._below[id(node)]
        _refuse_beyond(nodes, self._depth + levels, event.start_mark)
        self._depth -= 1
        return node

    def _sum(self, node: yaml.Node) -> tuple[int, int]:
        below = [self._below[id(child)] for child in _children(node)]
        levels = 1 + max(level for _, level in below) if below else 0
        return 1 + sum(nodes for nodes, _ in below), levels


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _refuse_beyond(nodes: int, depth: int, mark: yaml.Mark) -> None:
    if nodes > MAX_NODES:
        what = f"holds more than {MAX_NODES} keys and values, aliases unfolded; shorten it"
        raise LimitPassed(what, mark)
    if depth > MAX_DEPTH:
        raise LimitPassed(f"is nested more than {MAX_DEPTH} levels deep; flatten it", mark)


class Reading:
    """One pass over composed nodes.

    Attributes:
        lines: key path to line, counted from 1.
        problems: what is wrong though it could be read, one for each node however often aliased.
    """

    def __init__(self) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.problems: dict[tuple[int, str], Problem] = {}
        self._scalars = SafeConstructor()

    def data(self, node: yaml.Node, path: KeyPath = ()) -> Any:
        """The node as a dictionary, list, text, number, boolean or None."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if node.tag not in _COLLECTIONS:
            self._note(node, path, f"has the tag '{shortened(node.tag)}'; remove it")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return [self._item(item, (*path, index)) for index, item in enumerate(node.value)]

    def _item(self, item: yaml.Node, path: KeyPath) -> Any:
        self.lines[path] = item.start_mark.line + 1
        return self.data(item, path)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        data = {}
        for name, (key, value) in self._entries(node, path).items():
            self.lines[(*path, name)] = key.start_mark.line + 1
            data[name] = self.data(value, (*path, name))
        return data

    def _entries(self, node: yaml.MappingNode, path: KeyPath) -> _Entries:
        """Each key with its nodes; its own keys win over merged ones, earlier merges over later."""
        own: _Entries = {}
        merged: _Entries = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._note(key, path, "has a list or mapping as a key; a key must be text")
                continue
            self._note_unspeakable(key, (*path, key.value))
            if key.value in own:
                self._note_twice(own[key.value][0], key, (*path, key.value))
            own[key.value] = (key, value)
            if key.tag == _MERGE:
                merged = {**self._merged(value, path), **merged}
            elif key.tag not in _TEXT:
                what = f'must be text to be a key; write it as "{shortened(key.value)}"'
                self._note(key, (*path, key.value), what)
        return {**merged, **{name: pair for name, pair in own.items() if pair[0].tag != _MERGE}}

    def _merged(self, node: yaml.Node, path: KeyPath) -> _Entries:
        if isinstance(node, yaml.MappingNode):
            return self._entries(node, path)
        if not isinstance(node, yaml.SequenceNode):
            self._note(node, (*path, "<<"), "must stand for a mapping, as in '<<: *name'")
            return {}
        merged: _Entries = {}
        for item in node.value:
            merged = {**self._merged(item, path), **merged}
        return merged

    def _scalar(self, node: yaml.ScalarNode, path: KeyPath) -> Any:
        self._note_unspeakable(node, path)
        if node.tag in _NUMBERS:
            try:
                return self._scalars.construct_object(node)
            except (ValueError, KeyError, IndexError, OverflowError):
                self._note(node, path, f"'{shortened(node.value)}' can't be read as a value")
        elif node.tag not in _TEXT:
            self._note(node, path, f"has the tag '{shortened(node.tag)}'; remove it")
        return node.value

    def _note_unspeakable(self, node: yaml.ScalarNode, path: KeyPath) -> None:
        """Halves of characters and NUL, which YAML can escape, can't be printed or passed on."""
        if re.search("[\0\ud800-\udfff]", node.value):
            self._note(node, path, "holds a character that is no text")

    def _note_twice(self, first: yaml.Node, second: yaml.Node, path: KeyPath) -> None:
        lines = f"{first.start_mark.line + 1} and {second.start_mark.line + 1}"
        kind = "names two variants" if path[:-1] == ("variants",) else "stands twice"
        self._note(second, path, f"{kind}, on lines {lines}; keep one")

    def _note(self, node: yaml.Node, path: KeyPath, what: str) -> None:
        line = node.start_mark.line + 1
        self.problems.setdefault((id(node), what), Problem(path, what, line=line))
