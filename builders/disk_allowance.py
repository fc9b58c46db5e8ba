"""How much of the engine's disk this toolkit's images may take, looked at before each build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from builders.build import up_to_date
from builders.engine import Engine
from builders.errors import ConfigurationError, DiskFull
from builders.labels import KIND
from builders.matrix import Variant
from builders.prepare import Project, needed_bytes, prepare
from builders.workspace import GIB


@dataclass(frozen=True)
class DiskAllowance:
    """The most that all images with our labels may take together, in bytes."""

    most_bytes: int

    def require_each(self, engine: Engine, variants: Sequence[Variant]) -> None:
        """Pass where every variant may be built while there is nothing else.

        Raises:
            ConfigurationError: all those for which the matrix says that building takes more.
        """
        large = tuple(
            f"{variant.name} needs {_gib(variant.disk_bytes)}"
            for variant in variants
            if needed_bytes(engine, (variant,)) > self.most_bytes
        )
        if large:
            what = f"--disk allows {_gib(self.most_bytes)}, and building {', '.join(large)}"
            step = "allow more, leave them out with --only, or correct their 'disk' in the matrix"
            raise ConfigurationError(what, next_step=step, problems=large)

    def require(self, project: Project) -> None:
        """Make all that the variants stand on; pass where there is room to build them.

        Raises:
            DiskFull: what is there already leaves too little of what is allowed.
        """
        plans = prepare(project).plans
        stale = [plan for plan in plans if up_to_date(project.engine, plan.build) is None]
        needed = sum(plan.variant.disk_bytes for plan in stale)
        taken = project.engine.stored({KIND: ""}).size_bytes
        if stale and taken + needed > self.most_bytes:
            raise DiskFull(
                f"building needs {_gib(needed)}, and slimbench's images take {_gib(taken)} of the"
                f" {_gib(self.most_bytes)} that --disk allows",
                where=", ".join(plan.variant.name for plan in stale),
                next_step="allow more, or run `slimbench clean` before",
            )


def _gib(size_bytes: int) -> str:
    return f"{size_bytes / GIB:.1f} GiB"
