"""What every hint is: a rule with an id that looks at an image and may have advice."""

from __future__ import annotations

from typing import Optional, Protocol

from bench.inspection.anatomy import Anatomy
from bench.inspection.finding_types import Hint

FLOOR_BYTES = 1_000_000  # a smaller saving is not worth a line of advice


class HintRule(Protocol):
    """One fault that an image may have."""

    @property
    def id(self) -> str:
        """Stable, kebab-case."""

    def advise(self, anatomy: Anatomy) -> Optional[Hint]:
        """The hint with its evidence, or None for an image without the fault."""
