"""The reports' Markdown as HTML: every sentence and table is written once, in Markdown.

Raw HTML in it is text. A link within the page stays one; of others the words remain, since the
page is one file, which may lie anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from reports.html.captions import Captions

Tokens = Sequence[Token]

_TABLE = Markup(
    '<div class="scroll" role="region" tabindex="0" aria-label="{0}">'
    '<table><caption class="unseen">{0}</caption>'
)


class _Renderer(RendererHTML):
    """Tables have captions and row headings, and stand in regions that scroll by themselves."""

    def table_open(self, _tokens: Tokens, _idx: int, _options: Any, env: Any) -> str:
        return _TABLE.format(env["captions"].another())

    def table_close(self, _tokens: Tokens, _idx: int, _options: Any, _env: Any) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Tokens, idx: int, _options: Any, _env: Any) -> str:
        if not tokens[idx + 1].content:
            return "<td>"  # an empty corner is no heading
        return f'<th scope="col"{_aligned(tokens[idx])}>'

    def th_close(self, tokens: Tokens, idx: int, _options: Any, _env: Any) -> str:
        return "</th>" if tokens[idx - 1].content else "</td>"

    def td_open(self, tokens: Tokens, idx: int, _options: Any, _env: Any) -> str:
        if tokens[idx - 1].type == "tr_open":
            return '<th scope="row">'
        return f"<td{_aligned(tokens[idx])}>"

    def td_close(self, tokens: Tokens, idx: int, _options: Any, _env: Any) -> str:
        return "</th>" if tokens[idx - 3].type == "tr_open" else "</td>"

    def fence(self, tokens: Tokens, idx: int, _options: Any, _env: Any) -> str:
        return Markup('<pre tabindex="0"><code>{}</code></pre>\n').format(tokens[idx].content)

    def link_open(self, tokens: Tokens, idx: int, _options: Any, _env: Any) -> str:
        address = str(tokens[idx].attrs["href"])
        return Markup('<a href="{}">').format(address) if address.startswith("#") else ""

    def link_close(self, tokens: Tokens, idx: int, options: Any, env: Any) -> str:
        opened = max(place for place in range(idx) if tokens[place].type == "link_open")
        return "</a>" if self.link_open(tokens, opened, options, env) else ""


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
