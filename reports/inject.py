"""What stands between two markers of a user's own file; nothing else of it changes.

A marker is an HTML comment on a line of its own, such as `<!-- slimbench:comparison -->`, with at
most three spaces before it: four make it an example in Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Optional

MARKER = re.compile(
    r"^\ufeff? {0,3}<!--[ \t]*(?P<end>/?)slimbench:(?P<name>[\w.-]+)[ \t]*-->[ \t]*(?=\r?$)", re.M
)

_IN_ORDER = "write each block's two markers once, the closing one below the opening one"


class MarkersError(ValueError):
    """A file whose blocks can't be rewritten.

    Attributes:
        what: what is wrong, in words that follow the file's name.
        next_step: what its owner can do.
        path: the file, once it is known.
    """

    def __init__(self, what: str, next_step: str, path: Optional[Path] = None) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step
        self.path = path


def opening(name: str) -> str:
    """The line before a block."""
    return f"<!-- slimbench:{name} -->"


def closing(name: str) -> str:
    """The line after a block."""
    return f"<!-- /slimbench:{name} -->"


def rewritten(path: Path, blocks: Mapping[str, str]) -> tuple[str, str]:
    """A file's text as it is, each byte of it, and as it should be.

    Raises:
        MarkersError: it isn't UTF-8, or has no markers that can be used.
        OSError: it can't be read.
    """
    try:
        text = path.read_bytes().decode()
        return text, injected(text, blocks)
    except UnicodeDecodeError as error:
        what = f"isn't UTF-8 text (byte {error.start})"
        raise MarkersError(what, "save it as UTF-8", path) from error
    except MarkersError as error:
        raise MarkersError(error.what, error.next_step, path) from error


def injected(text: str, blocks: Mapping[str, str]) -> str:
    """The text with these blocks between their markers, in the line ends that it has there.

    Args:
        text: of the whole file.
        blocks: Markdown by the name of its markers. At least one must have them; markers of other
            names are those of other records.

    Raises:
        MarkersError: none has them, one has them twice, or they don't enclose anything.
    """
    pairs = [pair for pair in _pairs(text) if pair[0]["name"] in blocks]
    if not pairs:
        name = next(iter(blocks))
        what = f"has no line `{opening(name)}`"
        raise MarkersError(what, f"write it and, below it, `{closing(name)}` where the table goes")
    for begin, end in reversed(pairs):
        newline = "\r\n" if text.startswith("\r\n", begin.end()) else "\n"
        lines = ["", "", *blocks[begin["name"]].strip().splitlines(), "", ""]
        text = text[: begin.end()] + newline.join(lines) + text[end.start() :]
    return text


def _pairs(text: str) -> Sequence[tuple[re.Match[str], re.Match[str]]]:
    """Each opening marker with its closing one, which is the next of all markers."""
    found = list(MARKER.finditer(text))
    pairs = list(zip(found[::2], found[1::2]))
    names = [begin["name"] for begin, _ in pairs]
    problem = next(_problems(text, found), None)
    if problem is not None:
        raise MarkersError(problem, _IN_ORDER)
    doubled = next((one for one in pairs if names.count(one[0]["name"]) > 1), None)
    if doubled is not None:
        raise MarkersError(f"has {_told(doubled[0], text)} and once more", _IN_ORDER)
    return pairs


def _problems(text: str, found: Sequence[re.Match[str]]) -> Iterator[str]:
    """What is wrong with the order of the markers, first things first."""
    awaited = None
    for marker in found:
        if awaited is None and marker["end"]:
            yield f"has {_told(marker, text)} without an opening one before it"
        elif awaited is None:
            awaited = marker
        elif marker["end"] and marker["name"] == awaited["name"]:
            awaited = None
        else:
            yield f"has {_told(marker, text)} before {_told(awaited, text)} is closed"
    if awaited is not None:
        yield f"has {_told(awaited, text)} without a closing one after it"


def _told(marker: re.Match[str], text: str) -> str:
    line = text.count("\n", 0, marker.start()) + 1
    name = (closing if marker["end"] else opening)(marker["name"])
    return f"`{name}` in line {line}"
