"""Routes and ports that Python sources name, read without running them.

Flask, FastAPI, Starlette and aiohttp write a route as a call whose first argument is its path,
and `http.server` compares `self.path` in `do_GET`; a prefix from elsewhere isn't seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Optional

from builders.starting.recipe import Found

_SETS_ROUTES = {
    "get": "GET",
    "add_get": "GET",
    "post": "POST",
    "add_post": "POST",
    "route": "GET",
    "Route": "GET",
    "add_url_rule": "GET",
    "api_route": "GET",
}
_HANDLERS = {"do_GET": "GET", "do_POST": "POST"}
_LISTENS = ("HTTPServer", "ThreadingHTTPServer")


@dataclass(frozen=True)
class Source:
    """What one file names: `routes` holds a method and a path each."""

    routes: tuple[Found[tuple[str, str]], ...] = ()
    port: Optional[Found[int]] = None


def read_source(path: str, text: str) -> Source:
    """Read a Python file; one that is no Python names nothing."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Source()
    nodes = sorted(nodes, key=lambda node: getattr(node, "lineno", 0))
    constants = dict(_constants(nodes))
    routes = tuple(route for node in nodes for route in _routes(node, path))
    ports = (port for node in nodes for port in _ports(node, path, constants))
    return Source(routes, next(ports, None))


def _constants(nodes: list[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _text(node: ast.AST) -> Optional[str]:
    value = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def _routes(node: ast.AST, path: str) -> Iterator[Found[tuple[str, str]]]:
    if isinstance(node, ast.FunctionDef) and node.name in _HANDLERS:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Constant) and is_route(_text(inner)):
                yield Found((_HANDLERS[node.name], str(inner.value)), f"{path}:{inner.lineno}")
    if not isinstance(node, ast.Call) or _name(node.func) not in _SETS_ROUTES or not node.args:
        return
    route = _text(node.args[0])
    if route is not None and is_route(route):
        yield Found((_method(node), route), f"{path}:{node.lineno}")


def is_route(text: Optional[str]) -> bool:
    """Whether it is a path without a part that is to be filled in."""
    is_path = text is not None and text.startswith("/") and text.isprintable() and text.isascii()
    return is_path and not set(text or "") & set(" <>{}*?#\"'\\") and ".." not in (text or "")


def _method(call: ast.Call) -> str:
    for keyword in call.keywords:
        if keyword.arg == "methods":
            named = {str(_text(node)).upper() for node in ast.walk(keyword.value)}
            return "POST" if "POST" in named else "GET"
    return _SETS_ROUTES[_name(call.func)]


def _ports(node: ast.AST, path: str, constants: Mapping[str, ast.expr]) -> Iterator[Found[int]]:
    if not isinstance(node, ast.Call):
        return
    said = [keyword.value for keyword in node.keywords if keyword.arg == "port"]
    if _name(node.func) in _LISTENS and node.args and isinstance(node.args[0], ast.Tuple):
        said += node.args[0].elts[1:]
    for value in said:
        known = constants.get(value.id, value) if isinstance(value, ast.Name) else value
        for inner in ast.walk(known):  # also the one in int(os.environ.get("PORT", 8000))
            number = _number(inner)
            if number is not None:
                yield Found(number, f"{path}:{node.lineno}")


def _number(node: ast.AST) -> Optional[int]:
    value = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 5:
        value = int(value)
    is_port = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65535
    return value if is_port and isinstance(value, int) else None
