"""A figure with its target, printed as one JSON line and kept in `benchmarks/results/`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn, Optional

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """One measured value; `target` is the largest that will do, None for a figure beside it."""

    name: str
    value: float
    unit: str
    target: Optional[float] = None

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        return self.target is None or self.value <= self.target

    def line(self) -> str:
        """The figure as JSON: name, value, unit, target, holds."""
        return json.dumps({**asdict(self), "value": round(self.value, 3), "holds": self.holds})


def finish(name: str, figures: Iterable[Figure]) -> NoReturn:
    """Print and keep the figures; exit 1 when a target is missed."""
    figures = tuple(figures)
    lines = [figure.line() for figure in figures]
    print("\n".join(lines))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.exit(0 if all(figure.holds for figure in figures) else 1)
