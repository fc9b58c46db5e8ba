"""Reading a YAML file: plain data with the line of every key, or one sentence why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import yaml
from yaml.reader import ReaderError

from builders.errors import ConfigurationError
from builders.problems import KeyPath, Problem, shortened
from builders.yaml_nodes import LimitedLoader, LimitPassed, Reading

MAX_SIZE_BYTES = 1024**2

_PLAIN_WORDS = {
    "mapping values are not allowed here": "a ':' is not allowed here; put the value in quotes",
    "found character '\\t' that cannot start any token": "a tab can't indent; use spaces",
    "could not find expected ':'": "a key lacks its ':'",
}


@dataclass(frozen=True)
class Source:
    """A file's content and where each key stands.

    Attributes:
        path: the file.
        data: mappings, lists, text, numbers, booleans and None.
        lines: key path to line, counted from 1.
        problems: what is wrong with it as YAML although it could be read.
    """

    path: Path
    data: Any
    lines: Mapping[KeyPath, int]
    problems: tuple[Problem, ...]

    def line(self, path: KeyPath) -> int:
        """The line of this key, or of the nearest one around it that the file holds."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_source(path: Path) -> Source:
    """Read a YAML file; raises ConfigurationError when it can't be read as YAML at all."""
    root = _compose(path, _read_text(path))
    reading = Reading()
    data = None if root is None else reading.data(root)
    return Source(path, data, reading.lines, tuple(reading.problems.values()))


def refused(path: Path, what: str, line: Optional[int] = None) -> ConfigurationError:
    """The error for a file that is wrong as a whole."""
    where = shortened(str(path), 300) + (f":{line}" if line else "")
    return ConfigurationError(what, where=where, problems=(f"{where}: {what}",))


def _compose(path: Path, text: str) -> Optional[yaml.Node]:
    try:
        return LimitedLoader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        is_valid = isinstance(error, LimitPassed)
        what = _in_words(error) if is_valid else f"isn't valid YAML: {_in_words(error)}"
        raise refused(path, what, mark.line + 1 if mark else None) from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"holds the control character U+{ord(text[error.position]):04X}; remove it"
        raise refused(path, what, line) from error
    except (ValueError, OverflowError) as error:  # PyYAML lets out-of-range escapes through
        raise refused(path, "isn't valid YAML: a number or escape is out of range") from error


def _in_words(error: yaml.MarkedYAMLError) -> str:
    if (error.context or "").startswith("expected a single document"):
        return "it holds more than one document; remove what follows '---'"
    words = _PLAIN_WORDS.get(error.problem or "", error.problem or "")
    if words.startswith("expected <block end>"):
        words = "the indentation doesn't fit the lines above"
    if error.context and error.context_mark:
        words += f" ({error.context} that begins on line {error.context_mark.line + 1})"
    return shortened(words, 300)


def _read_text(path: Path) -> str:
    content = _read_bytes(path)
    if len(content) > MAX_SIZE_BYTES:
        raise refused(path, "is larger than 1 MiB, which no matrix needs; shorten it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refused(path, "is not UTF-8 text; save it as UTF-8", line) from error


def _read_bytes(path: Path) -> bytes:
    """The content; one byte more than the limit shows that there is more."""
    try:
        if path.is_dir():
            raise refused(path, "is a folder; name the matrix file in it with -f FILE")
        if path.exists() and not path.is_file():
            raise refused(path, "is not a regular file; name one with -f FILE")
        with path.open("rb") as file:
            return file.read(MAX_SIZE_BYTES + 1)
    except FileNotFoundError as error:
        what = "there is no such file; go to its folder, name another with -f FILE"
        raise refused(path, f"{what}, or write one with `slimbench init`") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refused(path, f"can't be read: {reason}") from error
