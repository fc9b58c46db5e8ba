"""A project of two variants for the in-memory engine: nothing is downloaded or run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builders import wheelhouse
from builders.engine import ContainerSpec
from builders.fake_container import Wait
from builders.fake_engine import FakeEngine
from builders.fake_images import FakeImage
from builders.matrix import Matrix, Variant
from builders.matrix_file import load_matrix
from builders.prepare import Project
from builders.workspace import Workspace

BASE = "registry.example/python:1@sha256:" + "a" * 64
DOCKERFILE = "ARG BASE\nFROM ${BASE}\nRUN pip install\nCOPY inference /app\n"
MATRIX = f"""
version: 1
reference: big
bases:
  full: {{registry: "{BASE}"}}
requirements: {{set: set.txt}}
exporter: {{dockerfile: exporter.Dockerfile, base: full, requirements: set}}
models: {{tiny: {{weights: seeded, seed: 7}}}}
verification: {{samples: 10, tolerances: {{float32: 1.0e-4}}}}
measurement: {{seed: 1, fewest_cold_starts: 2, most_cold_starts: 2, warmups: 1, requests: 3}}
defaults:
  base: full
  requirements: set
  runtime: onnx
  model: tiny
  tolerance: float32
  context: [inference]
  disk: 1
variants:
  big: {{changed: the habit}}
  small: {{changed: less, after: big}}
"""


def write_project(root: Path) -> None:
    """The files of the project; their content is of no matter but for the Dockerfiles'."""
    (root / "inference").mkdir(parents=True)
    (root / "inference" / "main.py").write_text("print(1)\n")
    (root / "dockerfiles").mkdir()
    for name in ("big", "small"):
        (root / "dockerfiles" / f"{name}.Dockerfile").write_text(DOCKERFILE)
    (root / "exporter.Dockerfile").write_text(DOCKERFILE)
    (root / "set.txt").write_text("numpy==1 --hash=sha256:00\n")
    (root / "variants.yaml").write_text(MATRIX)


def export(spec: ContainerSpec) -> Generator[Any, Any, int]:
    """What the exporter's container does: write a model where the host finds it."""
    folder = spec.mounts[0].source / "tiny"
    (folder / "samples").mkdir(parents=True, exist_ok=True)
    artefacts = {"model.onnx": b"onnx", "class_names.txt": b"cat\ndog\n"}
    for name, content in artefacts.items():
        (folder / name).write_bytes(content)
    for number in range(3):
        (folder / "samples" / f"{number}.png").write_bytes(b"picture")
    manifest = {
        "weights": "seeded",
        "notice": "labels mean nothing",
        "seed": 7,
        "versions": {"onnx": "1"},
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in artefacts.items()},
        "size_bytes": {name: len(data) for name, data in artefacts.items()},
        "preprocessing": {"crop_size": 224, "mean": [0.5, 0.5, 0.5]},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    yield "exported"
    return 0


def serve(spec: ContainerSpec) -> Generator[Any, Any, int]:
    """The wheelhouse's container: runs until it is removed."""
    yield Wait.FOREVER
    return 0


@dataclass
class SmallProject:
    """The project, its engine and what was said."""

    root: Path
    engine: FakeEngine
    workspace: Workspace
    said: list[str] = field(default_factory=list)

    @property
    def matrix(self) -> Matrix:
        return load_matrix(self.root / "variants.yaml")

    def project(self, *variants: Variant) -> Project:
        chosen = variants or self.matrix.variants
        return Project(self.engine, self.matrix, chosen, self.workspace, 2, self.say)

    def say(self, text: str, share: float | None = None) -> None:
        assert share is None or 0 <= share <= 1
        self.said.append(text)

    def builds(self) -> list[str]:
        """Tags of what was built, in order."""
        return [call[1].tag for call in self.engine.calls if call[0] == "build"]  # type: ignore[attr-defined]


def make(folder: Path, programs: dict[str, Any] | None = None) -> SmallProject:
    """A fresh project whose wheels are in the cache already."""
    root, cache = folder / "project", folder / "cache"
    write_project(root)
    wheelhouse.folder_of(root / "set.txt", cache).mkdir(parents=True)
    engine = FakeEngine(
        {
            "slimbench/exporter:latest": export,
            "slimbench/base-full:latest": serve,
            **(programs or {}),
        },
        registry={BASE: FakeImage()},
    )
    return SmallProject(root, engine, Workspace(root, cache))
