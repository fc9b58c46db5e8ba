"""What must hold between the budgets of a matrix, its variants and what an inspection knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from builders.problems import KeyPath, Problem, likely, shortened
from builders.tool_catalogue import KINDS, TOOL_KINDS

_TOOLS = (*sorted(TOOL_KINDS), *KINDS)


def budget_problems(content: Mapping[str, Any]) -> Iterator[Problem]:
    """Every problem of the content; what has the wrong shape is passed over."""
    budgets = _mapping(content.get("budgets"))
    known = _mapping(content.get("variants"))
    for name, budget in _mapping(budgets.get("variants")).items():
        path: KeyPath = ("budgets", "variants", name)
        if name not in known:
            yield Problem(path, "there is no such variant", likely(str(name), map(str, known)))
        yield from _unknown_tools(path, budget)
    yield from _unknown_tools(("budgets", "all"), budgets.get("all"))


def _unknown_tools(path: KeyPath, budget: Any) -> Iterator[Problem]:
    words = _mapping(budget).get("forbidden_tools")
    for place, word in enumerate(words if isinstance(words, list) else ()):
        if isinstance(word, str) and word not in _TOOLS:
            what = f"'{shortened(word)}' is no tool, or kind of tools, that an inspection knows"
            yield Problem((*path, "forbidden_tools", place), what, likely(word, _TOOLS))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
