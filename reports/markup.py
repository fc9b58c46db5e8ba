"""Markdown as GitHub reads it: escaping, tables and lists. Cells passed in are Markdown already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tabulate import tabulate

MISSING = "–"  # noqa: RUF001 - an en dash, so that an empty cell is seen to be meant

_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\s]+")
# An underscore inside a word is no emphasis, and stays readable.
_SPECIAL = re.compile(r"[\\`*\[\]<>|&$~]|(?<![^\W_])_|_(?![^\W_])")
_PROSE = re.compile(
    r"(?P<code>`[^`|\\]*[^`|\\\s][^`|\\]*`)"
    r"|(?<![^\s('])(?P<path>/[\w.+@*-]+(?:/[\w.+@*-]*)+(?<=[\w/*]))(?=[,;:.)']*(?:\s|$))"
    rf"|{_SPECIAL.pattern}"
)
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def one_line(text: str) -> str:
    """The text with each run of white space and control characters as one space."""
    return _NOT_SHOWN.sub(" ", text).strip()


def escape(text: str) -> str:
    """The text such that Markdown shows it as it is, in a table cell too."""
    return _SPECIAL.sub(r"\\\g<0>", one_line(text))


def code(text: str) -> str:
    """The text in a code span; escaped instead where a span can't hold it."""
    shown = one_line(text)
    return f"`{shown}`" if shown and not set(shown) & set("`|\\") else escape(text) or MISSING


def sentence(text: str) -> str:
    """Escaped text that ends as a sentence does."""
    shown = escape(text)
    return shown if shown.endswith((".", "!", "?")) or not shown else f"{shown}."


def prose(text: str) -> str:
    """Escaped text in which absolute paths, and what stands between backticks, are code."""
    return _PROSE.sub(_in_prose, one_line(text))


def _in_prose(found: re.Match[str]) -> str:
    if found["path"]:
        return f"`{found['path']}`"
    return found[0] if found["code"] else f"\\{found[0]}"


def block(text: str, language: str = "") -> str:
    """Lines as they stand, in a fence that nothing in them ends."""
    shown = code_lines(text)
    runs = (len(run) for line in shown for run in re.findall("`+", line))
    fence = "`" * max(3, 1 + max(runs, default=0))
    return "\n".join([f"{fence}{language}", *shown, fence])


def code_lines(text: str) -> list[str]:
    """The lines with anything on them, without control characters."""
    shown = (_NO_TEXT.sub(" ", line).rstrip() for line in text.splitlines())
    return [line for line in shown if line]


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], align: Sequence[str]) -> str:
    """A pipe table; `align` holds `left` or `right` for each column."""
    body = [list(row) for row in rows]
    if not body:
        return "None."
    # Numbers are text already: tabulate would print 1.50 as 1.5.
    return str(
        tabulate(body, list(headings), tablefmt="pipe", disable_numparse=True, colalign=align)
    )


def bullets(lines: Iterable[str]) -> str:
    """A list, one item a line."""
    return "\n".join(f"- {line}" for line in lines)


def listed(texts: Sequence[str]) -> str:
    """At least one text in a sentence: `a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def folded(summary: str, *parts: str) -> str:
    """Parts that show once the reader opens them; `summary` is plain words, without markup."""
    opening = f"<details>\n<summary>{summary}</summary>"
    return "\n\n".join([opening, *filter(None, parts), "</details>"])
