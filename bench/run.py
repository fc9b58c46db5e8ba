"""What a run works on, and the record it starts from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path

from bench import rows
from bench.condition_types import Conditions
from bench.environment import environment
from bench.pictures import in_folder
from bench.record import load, save, set_older_aside
from bench.record_types import Record
from bench.session import NETWORK
from builders.matrix import Matrix, Variant
from builders.prepare import Project


@dataclass(frozen=True)
class Run:
    """One call of a command; `pictures` is a folder of the user's, verified on as well."""

    project: Project
    pictures: Path | None

    @property
    def names(self) -> tuple[str, ...]:
        """The selected variants."""
        return tuple(variant.name for variant in self.project.variants)

    @cached_property
    def one_kernel(self) -> bool:
        """Whether containers share this machine's kernel, and so its clock."""
        return self.project.engine.info().shares_host_kernel

    @cached_property
    def own_pictures(self) -> tuple[Path, ...]:
        """The user's pictures; raises ConfigurationError when their folder has none."""
        return in_folder(self.pictures) if self.pictures else ()

    def artefacts(self, variant: Variant) -> Path:
        """The folder of the variant's exported model."""
        return self.project.workspace.artefacts / variant.model

    def save(self, record: Record) -> None:
        """Write the record, so that a run that is killed loses nothing that was finished."""
        path = self.project.workspace.record
        path.parent.mkdir(parents=True, exist_ok=True)
        save(path, record)


def begin(run: Run) -> Record:
    """A record of this run's conditions, with the rows of the last one that still compare.

    Raises:
        ConfigurationError: the user's folder has no pictures, told before minutes of building.
        RecordError: the last record can't be read, or is of a later slimbench.
    """
    _ = run.own_pictures
    matrix = run.project.matrix
    fresh = Record(
        started_at=now(),
        matrix_digest=matrix.digest,
        reference=matrix.reference,
        environment=environment(run.project.engine),
        conditions=conditions(matrix),
    )
    return rows.begin(fresh, _previous(run), matrix.variants)


def _previous(run: Run) -> Record | None:
    """The last record; one of an earlier slimbench is kept beside the new one, and that is said."""
    path = run.project.workspace.record
    if not path.exists():
        return None
    aside = set_older_aside(path)
    if aside is None:
        return load(path)
    run.project.say(f"the last record is of an earlier slimbench: kept as {aside.name}")
    return None


def now() -> str:
    """The time in UTC, ISO 8601, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def conditions(matrix: Matrix) -> Conditions:
    """What the matrix asks of every measured container."""
    settings, limits = matrix.measurement, matrix.limits
    return Conditions(
        cpu_set=limits.cpu_set,
        threads=limits.threads,
        memory_bytes=limits.memory_bytes,
        network=NETWORK,
        seed=settings.seed,
        rounds=settings.cold_starts,
        warmups=settings.warmups,
        requests=settings.requests,
    )
