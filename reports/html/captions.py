"""Names that a page must have only once: of tables for screen readers, and of places for links."""

from __future__ import annotations

import re
from collections.abc import Iterable


class Captions:
    """The tables of a section have its title, and a number from the second one on."""

    def __init__(self, title: str) -> None:
        """Begin with no table.

        Args:
            title: plain text.
        """
        self.title = title
        self._given = 0

    def another(self) -> str:
        """The caption of the next table."""
        self._given += 1
        return self.title if self._given == 1 else f"{self.title}, {self._given}"


class Places:
    """Ids that links lead to, made of words."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """Begin with those that the page itself has."""
        self._taken = set(taken)

    def another(self, words: str) -> str:
        """Letters, digits and dashes; numbered where another place has the same ones."""
        stem = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "place"
        numbered = (f"{stem}-{number}" for number in range(2, len(self._taken) + 3))
        found = next(name for name in (stem, *numbered) if name not in self._taken)
        self._taken.add(found)
        return found
