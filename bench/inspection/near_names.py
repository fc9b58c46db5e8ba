"""Names that a misspelled one may have meant."""

from __future__ import annotations

import difflib
import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

MOST = 5000  # names looked at, so that an engine full of images still answers at once
SHOWN = 3
FAR = 0.65  # difflib's ratio; what is less alike is no near name
MARGIN = 0.1  # what is so much less alike than the best isn't told


def perhaps(word: str, names: Iterable[str]) -> str:
    """`perhaps you meant 'a' or 'b'`, the nearest first; empty when none is near."""
    found = near(word, names)
    return f"perhaps you meant {' or '.join(map(repr, found))}" if found else ""


def near(word: str, names: Iterable[str]) -> list[str]:
    """At most three names that are spelled like the word, in whole or in part."""
    meant: dict[str, list[str]] = defaultdict(list)
    for name in islice(names, MOST):
        for form in dict.fromkeys(_forms(name.lower())):
            meant[form].append(name.removesuffix(":latest"))
    forms = difflib.get_close_matches(word.lower(), meant, n=2 * SHOWN, cutoff=FAR)
    if not forms:
        return []
    bar = _likeness(word, forms[0]) - MARGIN
    close = (form for form in forms if _likeness(word, form) >= bar)
    return list(dict.fromkeys(name for form in close for name in meant[form]))[:SHOWN]


def _likeness(word: str, form: str) -> float:
    return difflib.SequenceMatcher(None, word.lower(), form).ratio()


def _forms(name: str) -> Iterator[str]:
    """How people call it: whole, without its tag, without the folder or registry, without both."""
    yield name
    yield posixpath.basename(name)
    head, slash, tail = name.rpartition("/")
    short = tail.partition(":")[0]
    yield head + slash + short
    yield short
