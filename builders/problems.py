"""Problems of a configuration file, each told in one line, and pydantic's in plain words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, Optional, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from builders.matrix_values import PATTERN_WORDS

KeyPath = tuple[Union[str, int], ...]

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is no key that is known here",
    "string_type": "must be text, not {found}",
    "string_unicode": "holds a character that is no text",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false, not {found}",
    "int_type": "must be a whole number, not {found}",
    "float_type": "must be a number, not {found}",
    "float_parsing": "must be a number, not {found}",
    "literal_error": "must be {expected}, not {found}",
    "greater_than": "must be more than {gt}, not {found}",
    "greater_than_equal": "must be at least {ge}, not {found}",
    "less_than_equal": "must be at most {le}, not {found}",
    "model_type": "must be a mapping of keys to values, not {found}",
    "mapping_type": "must be a mapping of keys to values, not {found}",
    "dict_type": "must be a mapping of keys to values, not {found}",
    "tuple_type": "must be a list, not {found}",
    "too_short": "must not be empty",
    "value_error": "{error}",
}

_NO_KEYS = ("<word>", "<file>", "<number>", "<share>", "[key]")


@dataclass(frozen=True)
class Problem:
    """One thing wrong: at which key, what, and the word that was likely meant.

    `line` is None where the key's own line is to be looked up.
    """

    path: KeyPath
    what: str
    likely: Optional[str] = None
    line: Optional[int] = None

    def told(self, file: str, line: int) -> str:
        """`file:line: key.path: what; perhaps you meant 'x'`, on one line."""
        key = f"{key_text(self.path)}: " if self.path else ""
        hint = f"; perhaps you meant '{shortened(self.likely)}'" if self.likely else ""
        return f"{file}:{line}: {key}{self.what}{hint}"


def key_text(path: KeyPath) -> str:
    """A key path as one would write it: `variants.slim.context[0]`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{shortened(part)}" for part in path)
    return "".join(parts).lstrip(".")


def shortened(text: str, length: int = 80) -> str:
    """Text fit for one line: at most `length` characters, unprintable ones escaped."""
    text = text if len(text) <= length else f"{text[: length - 3]}..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def likely(word: str, choices: Iterable[str]) -> Optional[str]:
    """The choice that is spelled most like the word, if any of the first 200 is close."""
    first = list(islice(choices, 200))  # so that thousands of wrong words still take seconds
    return next(iter(difflib.get_close_matches(word, first, n=1)), None)


def shape_problems(error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """Pydantic's findings in plain words, at the key path that the user wrote.

    A key that is missing since it is misspelled is told once, as the misspelling.
    """
    problems = list(_each_problem(error, model))
    meant = {(*problem.path[:-1], problem.likely) for problem in problems if problem.likely}
    missing = _WORDS["missing"]
    return (p for p in problems if not (p.what == missing and p.path in meant))


def _each_problem(error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    for finding in error.errors(include_url=False):
        # The tags of a union and "[key]" are pydantic's, not keys of the file.
        path = tuple(part for part in finding["loc"] if part not in _NO_KEYS)
        yield Problem(path, _in_words(finding), _likely(finding, path, model))


def _in_words(finding: Mapping[str, Any]) -> str:
    context = finding.get("ctx", {})
    if finding["type"] == "string_pattern_mismatch":
        return f"{_found(finding['input'])} must be {PATTERN_WORDS[context['pattern']]}"
    words = _WORDS.get(finding["type"], "must be something else than {found}")
    if finding["type"] == "string_type" and isinstance(finding["input"], (int, float)):
        words += "; put it in quotes"
    return words.format(found=_found(finding["input"]), **context)


def _found(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (Mapping, list)):
        return "a mapping" if isinstance(value, Mapping) else "a list"
    return f"'{shortened(value)}'" if isinstance(value, str) else shortened(str(value))


def _likely(finding: Mapping[str, Any], path: KeyPath, model: type[BaseModel]) -> Optional[str]:
    if finding["type"] == "extra_forbidden":
        return likely(str(path[-1]), _keys(_annotation(model, path[:-1])))
    if finding["type"] == "literal_error" and isinstance(finding["input"], str):
        words = (str(word) for word in _words(_annotation(model, path)))
        return likely(finding["input"], words)
    return None


def _annotation(annotation: Any, path: KeyPath) -> Any:
    """The type at a key path below another type."""
    for part in path:
        steps = (_step(option, part) for option in _options(annotation))
        annotation = next((step for step in steps if step is not None), None)
    return annotation


def _step(option: Any, part: Union[str, int]) -> Any:
    if isinstance(option, type) and issubclass(option, BaseModel):
        return _fields(option).get(part)
    arguments = get_args(option)
    return arguments[-1 if get_origin(option) is not tuple else 0] if arguments else None


def _options(annotation: Any) -> Iterator[Any]:
    """The types that a union or an annotated type allows."""
    if hasattr(annotation, "__metadata__"):
        yield from _options(get_args(annotation)[0])
    elif get_origin(annotation) is Union:
        for option in get_args(annotation):
            yield from _options(option)
    else:
        yield annotation


def _keys(annotation: Any) -> list[str]:
    models = (option for option in _options(annotation) if isinstance(option, type))
    return [name for model in models if issubclass(model, BaseModel) for name in _fields(model)]


def _fields(model: type[BaseModel]) -> dict[Any, Any]:
    """The type of each key, as it is spelled in the file."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _words(annotation: Any) -> list[Any]:
    literals = (option for option in _options(annotation) if get_origin(option) is Literal)
    return [word for option in literals for word in get_args(option)]
