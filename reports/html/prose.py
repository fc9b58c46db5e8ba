"""The reports' Markdown as HTML: every sentence and table is written once, in Markdown.

Raw HTML in it is text. A link to a neighbouring file is its words alone: this page has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from reports.html.captions import Captions

_TABLE = Markup(
    '<div class="scroll" role="region" tabindex="0" aria-label="{0}">'
    '<table><caption class="unseen">{0}</caption>'
)


class _Renderer(RendererHTML):
    """Tables have captions and row headings, and stand in regions that scroll by themselves."""

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _TABLE.format(env["captions"].another())

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        if not tokens[idx + 1].content:
            return "<td>"  # an empty corner is no heading
        return f'<th scope="col"{_aligned(tokens[idx])}>'

    def th_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</th>" if tokens[idx - 1].content else "</td>"

    def td_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        if tokens[idx - 1].type == "tr_open":
            return '<th scope="row">'
        return f"<td{_aligned(tokens[idx])}>"

    def td_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</th>" if tokens[idx - 3].type == "tr_open" else "</td>"

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return ""

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return ""


def _aligned(token: Token) -> str:
    return ' class="number"' if "right" in str(token.attrs.get("style", "")) else ""


_MARKDOWN = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer)
_MARKDOWN.enable("table").disable(["image", "autolink"])


def blocks(text: str, captions: Captions) -> Markup:
    """Paragraphs, lists, quotations, code and tables."""
    return Markup(_MARKDOWN.render(text, {"captions": captions}))  # noqa: S704 - it escapes


def inline(text: str) -> Markup:
    """One line, such as a cell or a heading."""
    return Markup(_MARKDOWN.renderInline(text))  # noqa: S704 - it escapes


def plain(text: str) -> str:
    """The same line as plain text."""
    return inline(text).striptags()
