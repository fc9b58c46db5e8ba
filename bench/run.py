"""What a run works on, and the record it starts from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path

from bench import rows
from bench.answers import Answers
from bench.condition_types import Conditions
from bench.environment import environment
from bench.own_service.conditions import asked_of
from bench.pictures import in_folder
from bench.record import load, save, set_older_aside
from bench.record_types import Record
from bench.resuming import require_same
from bench.service.container import NETWORK as BRIDGE
from bench.session import NETWORK
from bench.standing import Standing
from builders.errors import ConfigurationError
from builders.matrix import Variant
from builders.measurement_settings import MeasurementSettings
from builders.prepare import Attempt, Project


def unheard(_told: object) -> None:
    """For who doesn't look on."""


@dataclass(frozen=True)
class Run:
    """One call of a command.

    Attributes:
        pictures: a folder of the user's, verified on as well.
        measurement: how much is measured; None for what the matrix says.
        resume: go on with the rounds of the last record.
        scenarios: whether throughput is measured after the rounds.
        pull_rounds: how often every image is pulled; 0 for not at all.
        known: the reference's answers, or why there are none, where they were asked for already.
        watch: told how far the rounds are, before each sample and after each round.
        tell: told, in a sentence, what should stay to be read.
    """

    project: Project
    pictures: Path | None
    measurement: MeasurementSettings | None = None
    resume: bool = False
    watch: Callable[[Standing], None] = unheard
    tell: Callable[[str], None] = unheard
    scenarios: bool = True
    pull_rounds: int = 0
    known: Attempt[Answers] | None = None

    @property
    def settings(self) -> MeasurementSettings:
        """How much is measured."""
        return self.measurement or self.project.matrix.measurement

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
        save(self.project.workspace.record, record)


def begin(run: Run) -> Record:
    """A record of this run's conditions, with the rows of the last one that still compare.

    Raises:
        ConfigurationError: the user's folder has no pictures, or nothing looks at them, told before
            minutes of building; or the run was to go on, and its conditions aren't those of the
            last record.
        RecordError: the last record can't be read, or is of a later slimbench.
    """
    matrix = run.project.matrix
    if run.own_pictures and matrix.workload not in ("predict", "serve"):
        who = "a training" if matrix.workload == "train" else "a service of your own"
        raise ConfigurationError(f"{who} looks at no pictures", next_step="leave --pictures out")
    fresh = Record(
        started_at=now(),
        matrix_digest=matrix.digest,
        workload=matrix.workload,
        edition=matrix.edition,
        reference=matrix.reference,
        environment=environment(run.project.engine, matrix.limits.cpu_set),
        conditions=conditions(run),
        asked=asked_of(matrix.service),
    )
    previous = _previous(run)
    if run.resume and previous is not None:
        require_same(fresh, previous, run.names)
    return rows.begin(fresh, previous, matrix.variants)


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


def conditions(run: Run) -> Conditions:
    """What is asked of every measured container."""
    settings, limits = run.settings, run.project.matrix.limits
    return Conditions(
        cpu_set=limits.cpu_set,
        threads=limits.threads,
        memory_bytes=limits.memory_bytes,
        network=BRIDGE if run.project.matrix.workload == "http" else NETWORK,
        seed=settings.seed,
        fewest_cold_starts=settings.fewest_cold_starts,
        most_cold_starts=settings.most_cold_starts,
        precision=settings.precision,
        max_time_s=settings.max_time_s,
        page_cache=settings.page_cache,
        reference_twice=settings.reference_twice,
        warmups=settings.warmups,
        requests=settings.requests,
    )
