"""The page of every command and option, from the typed functions of the command line."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import typer
from typer.models import ArgumentInfo, CommandInfo, OptionInfo

from reports.markup import MISSING, code, table

_HEAD = """\
# Commands

Options that stand before the command, as in `slimbench -f FILE list`:
"""
_KINDS = {int: "INTEGER", float: "NUMBER", Path: "PATH", str: "TEXT"}


def page(app: typer.Typer) -> str:
    """Markdown; the commands in the order of `slimbench --help`."""
    callback = app.registered_callback
    assert callback is not None
    assert callback.callback is not None
    sections = (_section(command) for command in app.registered_commands)
    return "\n".join([_HEAD, _options(callback.callback), *sections]) + "\n"


def _section(command: CommandInfo) -> str:
    function = command.callback
    assert function is not None
    name = command.name or function.__name__
    arguments = [(text, info) for _, text, info in _parameters(function, ArgumentInfo)]
    usage = " ".join(["slimbench", name, "[OPTIONS]", *(text for text, _ in arguments)])
    told = [f"- {code(text)}: {info.help}" for text, info in arguments]
    parts = [f"\n## {name}\n", inspect.getdoc(function) or "", "", f"    {usage}", "", *told]
    return "\n".join([*parts, *([""] if told else []), _options(function)])


def _options(function: Callable[..., Any]) -> str:
    rows = [_row(parameter, info) for parameter, _, info in _parameters(function, OptionInfo)]
    headings = ("option", "value", "what it does", "default")
    return table(headings, rows, ("left",) * 4) if rows else "It has no options."


def _parameters(
    function: Callable[..., Any], kind: type[Any]
) -> Iterator[tuple[inspect.Parameter, str, Any]]:
    """The function's arguments or options, each with its usage and what Typer was told."""
    for parameter in inspect.signature(function).parameters.values():
        for info in getattr(parameter.annotation, "__metadata__", ()):
            if isinstance(info, kind):
                yield parameter, info.metavar or parameter.name.upper(), info


def _row(parameter: inspect.Parameter, info: OptionInfo) -> Sequence[str]:
    names = _names(info) or [f"--{parameter.name.replace('_', '-')}"]
    told = ", ".join(code(name) for name in names)
    return told, _value(parameter, info), info.help or "", _default(parameter, info)


def _names(info: OptionInfo) -> list[str]:
    """Those that it was given; where Typer is told no default, the first stands in its place."""
    words = (info.default, *(info.param_decls or ()))
    return [name for word in words if isinstance(word, str) for name in word.split("/")]


def _value(parameter: inspect.Parameter, info: OptionInfo) -> str:
    given = get_args(parameter.annotation)[0]
    kind = next((one for one in get_args(given) if one is not type(None)), given)
    if kind is bool:
        return MISSING
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return ", ".join(code(one.value) for one in kind)
    return code(info.metavar or _KINDS[kind]) + _bounds(info.min, info.max)


def _bounds(least: Any, most: Any) -> str:
    if least is None:
        return ""
    return f", at least {least}" if most is None else f", {least} to {most}"


def _default(parameter: inspect.Parameter, info: OptionInfo) -> str:
    value = parameter.default
    if isinstance(info.show_default, str):
        return info.show_default
    if value is inspect.Parameter.empty:
        return "needed"
    if isinstance(value, bool):
        return code(_names(info)[0 if value else 1]) if _has_opposite(info) else MISSING
    shown = value.value if isinstance(value, enum.Enum) else value
    return MISSING if shown is None else code(str(shown))


def _has_opposite(info: OptionInfo) -> bool:
    return any(name.startswith("--no-") for name in _names(info))
