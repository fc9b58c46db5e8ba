"""A project of three trainings on the in-memory engine; the third base can only be pulled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from small_project import BASE, DOCKERFILE, SmallProject, export, make, serve
from training_programs import TellingEngine, training

from bench import steps
from bench.record import load
from bench.record_types import Record, VariantRecord
from bench.run import Run
from builders.engine import ContainerSpec, ImageInfo
from builders.errors import RegistryUnreachable
from builders.fake_container import Program
from builders.fake_images import FakeImage
from builders.image_exchange import Progress, unwatched
from builders.labels import KIND, KIND_SESSION
from builders.matrix import Matrix
from builders.matrix_file import load_matrix
from builders.prepare import Project
from builders.workspace import Workspace

NAMES = ("bulky", "slim", "odd")
CONDA = "registry.example/conda:1@sha256:" + "b" * 64
SECRET = "lookup registry.example on 10.1.2.3:53: no such host"
MATRIX = f"""
version: 1
reference: big
bases:
  full: {{registry: "{BASE}"}}
  conda: {{registry: "{CONDA}", optional: true}}
requirements: {{set: set.txt}}
exporter: {{dockerfile: exporter.Dockerfile, base: full, requirements: set}}
models: {{tiny: {{weights: seeded}}}}
workloads: {{train: {{reference: bulky}}}}
verification: {{samples: 10, tolerances: {{float32: 1.0e-4, weights: 1.0e-6}}}}
measurement: {{seed: 1, training: {{rounds: 2, epochs: 3, seed: 7}}}}
defaults: {{base: full, requirements: set, runtime: torch, tolerance: weights, model: tiny,
  workloads: [train], context: [inference], disk: 1}}
variants:
  big: {{changed: a prediction, runtime: onnx, workloads: [predict], tolerance: float32}}
  bulky: {{changed: the habit}}
  slim: {{changed: less, after: bulky}}
  odd: {{changed: another base, base: conda}}
"""


class Engine(TellingEngine):
    """Its registry can be reached for what it holds, and for nothing else."""

    def pull(self, reference: str, progress: Progress = unwatched) -> ImageInfo:
        if self._registry is not None and reference not in self._registry:
            raise RegistryUnreachable(SECRET, where=reference)
        return super().pull(reference, progress)


class TrainingLine:
    """Runs the steps as a command would; the images run the programs in `programs`."""

    def __init__(self, folder: Path, conda: bool = True) -> None:
        self.programs: dict[str, Program] = dict.fromkeys(NAMES, training())
        self.seen: list[Record] = []  # as saved, whenever a container of a training starts
        self.small: SmallProject = make(folder)
        held = {BASE: FakeImage(), **({CONDA: FakeImage()} if conda else {})}
        programs: Mapping[str, Program] = {
            "slimbench/exporter:latest": export,
            "slimbench/base-full:latest": serve,
            **{f"slimbench/{name}:latest": self._program(name) for name in NAMES},
        }
        self.engine = Engine(programs, registry=held)
        (self.small.root / "variants.yaml").write_text(MATRIX)
        for name in NAMES:
            (self.small.root / "dockerfiles" / f"{name}.Dockerfile").write_text(DOCKERFILE)
        self.workspace = Workspace(self.small.root, self.small.workspace.cache, edition="train")

    def _program(self, name: str) -> Program:
        def program(spec: ContainerSpec) -> Any:
            if self.workspace.record.exists():
                self.seen.append(load(self.workspace.record))
            return self.programs[name](spec)

        return program

    @property
    def matrix(self) -> Matrix:
        return load_matrix(self.small.root / "variants.yaml", "train")

    def run(
        self,
        *names: str,
        last: str | None = None,
        resume: bool = False,
        pictures: Path | None = None,
        **settings: object,
    ) -> Record:
        matrix = self.matrix
        chosen = tuple(matrix.variant(name) for name in names) or matrix.variants
        project = Project(self.engine, matrix, chosen, self.workspace, 2, self.small.say)
        run = Run(project, pictures, matrix.measurement.overridden(**settings), resume)
        record = steps.execute(run, last)
        assert load(self.workspace.record) == record
        assert self.engine.remove_labelled({KIND: KIND_SESSION}).containers == 0
        return record

    def trained(self) -> list[str]:
        """Tags of the images that trainings were started from, in order."""
        created = [call[1] for call in self.engine.calls if call[0] == "create"]
        specs = [spec for spec in created if isinstance(spec, ContainerSpec)]
        images = [self.engine.image(spec.image) for spec in specs if "train" in spec.command]
        return [image.tags[0].split("/")[1].split(":")[0] for image in images if image]


def by_name(record: Record) -> dict[str, VariantRecord]:
    return {row.name: row for row in record.variants}
