"""A folder with a service of the user's own, on the in-memory engine, from build to measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stand_in_service import Reply, StandIn

from bench import steps
from bench.record import load
from bench.record_types import Record
from bench.run import Run
from builders.engine import ContainerSpec
from builders.fake_container import Output, Wait
from builders.fake_engine import FakeEngine
from builders.fake_images import FakeImage
from builders.labels import KIND, KIND_SERVICE
from builders.matrix import Matrix
from builders.matrix_file import load_matrix
from builders.prepare import Project
from builders.workspace import Workspace

PYTHON = "python:3.11"
RIGHT = {"species": "setosa", "score": 0.97}
VARIANTS = """
measurement: {seed: 1, fewest_cold_starts: 2, most_cold_starts: 2, warmups: 1, requests: 3}
variants:
  full: {changed: the habit, dockerfile: Dockerfile, disk: 1}
  slim: {changed: less, after: full, dockerfile: slim.Dockerfile, disk: 1}
"""
HTTP = """
version: 1
reference: full
service:
  http:
    port: PORT
    ready: /ready
    request: {path: /classify, json: {features: [1, 2]}}
    expect: {EXPECT}
  timeout: 1s
"""
COMMAND = """
version: 1
reference: full
service:
  command:
    arguments: [/data/one.json]
    files: {/data/one.json: one.json}
    expect: {EXPECT}
  timeout: 1s
"""


@dataclass
class Flowers(StandIn):
    """Answers `POST /classify`; `answers` is gone through, and its last goes on."""

    answers: list[Reply] = field(default_factory=lambda: [(200, RIGHT)])

    def answer(self, method: str, url: str) -> Reply:
        if (method, url) == ("POST", "/classify"):
            self.asked += 1
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return super().answer(method, url)


@dataclass
class OwnLine:
    """The folder and its engine; `scripts` says what each variant's containers do."""

    root: Path
    matrix_text: str
    scripts: dict[str, list[Output]] = field(default_factory=dict)
    exit_codes: dict[str, int] = field(default_factory=dict)
    specs: list[ContainerSpec] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root.mkdir()
        for name in ("Dockerfile", "slim.Dockerfile"):
            (self.root / name).write_text(f"FROM {PYTHON}\nCOPY . /app\n")
        (self.root / "one.json").write_text("{}")
        self.write(self.matrix_text)
        names = ("full", "slim")
        programs = {
            f"slimbench/{self.root.name}/{name}:latest": self._program(name) for name in names
        }
        self.engine = FakeEngine(programs, registry={PYTHON: FakeImage()})

    def write(self, text: str) -> None:
        (self.root / "variants.yaml").write_text(text + VARIANTS)

    def _program(self, name: str) -> Any:
        def program(spec: ContainerSpec) -> Iterator[Any]:
            self.specs.append(spec)
            yield from self.scripts.get(name, [Wait.FOREVER])
            return self.exit_codes.get(name, 0)

        return program

    @property
    def matrix(self) -> Matrix:
        return load_matrix(self.root / "variants.yaml")

    def run(self, last: str = "measure", pictures: Path | None = None, **more: Any) -> Record:
        matrix = self.matrix
        workspace = Workspace(self.root, self.root.parent / "cache")
        project = Project(self.engine, matrix, matrix.variants, workspace, 1, lambda *_: None)
        record = steps.execute(Run(project, pictures, **more), last)
        assert load(workspace.record) == record
        left = self.engine.remove_labelled({KIND: KIND_SERVICE})
        assert (left.containers, left.networks) == (0, 0)
        return record


def http_line(folder: Path, port: int, expect: str = "") -> OwnLine:
    text = HTTP.replace("PORT", str(port)).replace("EXPECT", expect)
    return OwnLine(folder / "iris", text)


def command_line(folder: Path, scripts: Mapping[str, list[Output]], expect: str = "") -> OwnLine:
    return OwnLine(folder / "iris", COMMAND.replace("EXPECT", expect), dict(scripts))
