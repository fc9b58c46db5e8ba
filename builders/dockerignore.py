"""Which files `.dockerignore` leaves out of a build context.

Source of the rules: the Dockerfile reference, "dockerignore files", and `patternmatcher` of moby:
the last pattern that matches a path, or a folder above it, counts; one with `!` takes it back in.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

NAME = ".dockerignore"


@dataclass(frozen=True)
class _Pattern:
    expression: re.Pattern[str]
    takes_back: bool


@dataclass(frozen=True)
class Ignored:
    """The patterns of one file, in its order."""

    patterns: tuple[_Pattern, ...]

    def __contains__(self, path: str) -> bool:
        """Whether this path, relative to the context and with '/', is left out."""
        parts = path.split("/")
        prefixes = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        left_out = False
        for pattern in self.patterns:
            if any(pattern.expression.fullmatch(prefix) for prefix in prefixes):
                left_out = not pattern.takes_back
        return left_out


def ignored(lines: Iterable[str]) -> Ignored:
    """What these lines of such a file leave out."""
    return Ignored(tuple(_patterns(lines)))


def file_for(root: Path, dockerfile: str) -> Optional[Path]:
    """The one that counts for a Dockerfile: its own, `NAME.dockerignore`, before the folder's."""
    both = (root / f"{dockerfile}{NAME}", root / NAME)
    return next((path for path in both if path.is_file()), None)


def _patterns(lines: Iterable[str]) -> Iterator[_Pattern]:
    for line in lines:
        text = line.strip()
        if not text or line.startswith("#"):
            continue
        takes_back = text.startswith("!")
        cleaned = posixpath.normpath(text.lstrip("!").strip()).lstrip("/")
        yield _Pattern(re.compile("".join(_translated(cleaned)), re.DOTALL), takes_back)


_TOKENS = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[\^?[^\]]+\]|\\.|.", re.DOTALL)
_MEANINGS = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _translated(pattern: str) -> Iterator[str]:
    for token in _TOKENS.findall(pattern):
        if token in _MEANINGS:
            yield _MEANINGS[token]
        elif token.startswith("[") and len(token) > 1:
            yield token
        else:
            yield re.escape(token[-1])
