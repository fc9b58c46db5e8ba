"""All hints, in the order of what they usually save."""

from __future__ import annotations

from bench.inspection.anatomy import Anatomy
from bench.inspection.facts import Hint
from bench.inspection.hints.hint import HintRule
from bench.inspection.hints.user import RootUser

HINTS: tuple[HintRule, ...] = (RootUser(),)


def hints(anatomy: Anatomy) -> tuple[Hint, ...]:
    """What is advised for an image, largest saving first, then in the catalogue's order."""
    given = [hint for rule in HINTS if (hint := rule.advise(anatomy)) is not None]
    return tuple(sorted(given, key=lambda hint: -(hint.saves_bytes or 0)))
