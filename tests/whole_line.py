"""A small project on the in-memory engine, whose whole line is run as a command would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from session_programs import speaking
from small_project import SmallProject, make

from bench import steps
from bench.record import load
from bench.record_types import Record, VariantRecord
from bench.run import Run
from bench.standing import Standing
from builders.engine import ContainerSpec
from builders.fake_container import Program
from builders.labels import KIND, KIND_SESSION


class Line:
    """A small project whose images run the programs in `programs`, which may be exchanged."""

    def __init__(self, folder: Path) -> None:
        self.programs: dict[str, Program] = {"big": speaking(), "small": speaking()}
        self.seen: list[Record] = []  # as saved, whenever a container is created
        self.watched: list[Standing] = []
        self.told: list[str] = []
        self.started = 0  # containers so far
        self.trouble: Callable[[int], None] = lambda number: None  # as each starts, from 1 on
        names = ("big", "small")
        self.small: SmallProject = make(
            folder, {f"slimbench/{name}:latest": self._program(name) for name in names}
        )

    def _program(self, name: str) -> Program:
        def program(spec: ContainerSpec) -> Any:
            if self.small.workspace.record.exists():
                self.seen.append(load(self.small.workspace.record))
            self.started += 1
            self.trouble(self.started)
            return self.programs[name](spec)

        return program

    def run(
        self,
        *names: str,
        last: str = "measure",
        pictures: Path | None = None,
        resume: bool = False,
        **settings: object,
    ) -> Record:
        """Run the steps; `settings` are what the command line says of the measurement."""
        chosen = [self.small.matrix.variant(name) for name in names]
        run = Run(
            self.small.project(*chosen),
            pictures,
            self.small.matrix.measurement.overridden(**settings),
            resume,
            self.watched.append,
            self.told.append,
        )
        record = steps.execute(run, last)
        assert self.saved() == record
        assert self.small.engine.remove_labelled({KIND: KIND_SESSION}).containers == 0
        return record

    def saved(self) -> Record:
        """The record on disk."""
        return load(self.small.workspace.record)

    def sessions(self) -> int:
        """How many containers were measured or verified so far."""
        created = [call[1] for call in self.small.engine.calls if call[0] == "create"]
        return sum(spec.labels[KIND] == KIND_SESSION for spec in created)  # type: ignore[attr-defined]

    def break_dockerfile(self, name: str) -> None:
        path = self.small.root / "dockerfiles" / f"{name}.Dockerfile"
        path.write_text("ARG BASE\nFROM ${BASE}\nRUN false\n")


def by_name(record: Record) -> dict[str, VariantRecord]:
    return {row.name: row for row in record.variants}
