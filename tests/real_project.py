"""The repository's own project on a real engine, small enough for a test run: no torch variant.

Its copy lives in a temporary folder; wheels and bases come from the user's cache, and stay in it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from builders.engine import Engine, ImageInfo
from builders.matrix import Matrix
from builders.matrix_file import load_matrix
from builders.plan import tag

REPOSITORY = Path(__file__).parent.parent
PROJECT_FILES = ("variants.yaml", "dockerfiles", "inference")
VARIANTS = ("onnx", "distroless-onnx")
MODEL = "mobilenet_v2"
MEASUREMENT = {
    "seed": 1,
    "fewest_cold_starts": 2,
    "most_cold_starts": 2,
    "warmups": 1,
    "requests": 3,
    "scenarios": {"batches": [1, 4], "threads": [1, 2], "rounds": 1},
}
COMMAND_TIMEOUT_S = 900  # the first build downloads and installs torch for the exporter

Change = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Ended:
    """A command that has ended; `pid` was its process."""

    pid: int
    exit_code: int
    output: str
    errors: str

    def json(self) -> Any:
        return json.loads(self.output)


@dataclass(frozen=True)
class RealProject:
    """A folder with a matrix, the engine its images are in, and what commands find set."""

    root: Path
    engine: Engine
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def matrix(self) -> Matrix:
        return load_matrix(self.root / "variants.yaml")

    @property
    def samples(self) -> Path:
        return self.root / "artifacts" / MODEL / "samples"

    def image(self, name: str) -> ImageInfo:
        image = self.engine.image(tag(name))
        assert image is not None, f"{tag(name)} is gone"
        return image

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The command line in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "slimbench", "-f", str(self.root / "variants.yaml"), *words],
            env={
                **os.environ,
                "PYTHONPATH": str(REPOSITORY),
                "PYTHONUNBUFFERED": "1",
                **self.environment,
            },
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def slimbench(self, *words: str) -> Ended:
        with self.start(*words) as process:
            return ended(process)

    def containers(self) -> list[str]:
        """Containers, running or not, that see this project's pictures."""
        return docker("ps", "-aq", "--filter", f"volume={self.samples}").output.split()

    def copy(self, root: Path, change: Change) -> RealProject:
        """Another project with the same files and models, and another matrix."""
        shutil.copytree(self.root, root)
        (root / ".slimbench" / "record.json").unlink(missing_ok=True)
        change_matrix(root, change)
        return RealProject(root, self.engine)


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for a command; one that hangs is killed."""
    try:
        output, errors = process.communicate(timeout=COMMAND_TIMEOUT_S)
    finally:
        process.kill()
    return Ended(process.pid, process.returncode, output, errors)


def docker(*words: str) -> Ended:
    """The engine's own command, as a user types it."""
    with subprocess.Popen(
        ["docker", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        return ended(process)


def networks_of(pid: int) -> list[str]:
    """Networks that the command of this process made, and didn't remove."""
    listed = docker("network", "ls", "--format", "{{.Name}}").output.split()
    return [name for name in listed if name == f"slimbench-wheelhouse-{pid}"]


def write_project(root: Path, engine: Engine) -> RealProject:
    """Copy the repository's project without its torch variants."""
    root.mkdir()
    for name in PROJECT_FILES:
        source = REPOSITORY / name
        ignored = shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=ignored)
        else:
            shutil.copy(source, root / name)
    change_matrix(root, _shorten)
    return RealProject(root, engine)


def change_matrix(root: Path, change: Change) -> None:
    path = root / "variants.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def _shorten(content: dict[str, Any]) -> None:
    kept: Mapping[str, dict[str, Any]] = {name: content["variants"][name] for name in VARIANTS}
    del kept["onnx"]["after"]  # a torch variant
    del content["workloads"]["train"]  # all of its variants are
    limits = content["budgets"]["variants"]
    content["budgets"]["variants"] = {name: limits[name] for name in VARIANTS if name in limits}
    content.update(reference="onnx", variants=dict(kept), measurement=dict(MEASUREMENT))
