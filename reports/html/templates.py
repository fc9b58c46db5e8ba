"""The templates, which escape whatever isn't HTML already."""

from __future__ import annotations

from typing import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports.html.prose import inline
from reports.markup import code_lines, one_line, prose

_ENVIRONMENT = Environment(
    loader=PackageLoader("reports.html", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters["line"] = one_line
_ENVIRONMENT.filters["lines"] = lambda text: "\n".join(code_lines(text))
_ENVIRONMENT.filters["prose"] = lambda text: inline(prose(text))
_ENVIRONMENT.filters["svg"] = Markup  # matplotlib wrote it, and escaped what is text in it


def macro(template: str, name: str) -> Callable[..., Markup]:
    """A macro of a template, to be called as a function."""
    found: Callable[..., Markup] = getattr(_ENVIRONMENT.get_template(template).module, name)
    return found


def whole(template: str, **values: object) -> str:
    """A template with these values filled in."""
    return _ENVIRONMENT.get_template(template).render(**values)
