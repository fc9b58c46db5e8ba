"""The peer: plain `docker build` of the same Dockerfiles, one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Optional

from builders import bases, wheelhouse
from builders.docker_engine import connect
from builders.labels import KIND, KIND_VARIANT, of_build
from builders.matrix_file import load_matrix
from builders.plan import VariantPlan
from builders.prepare import Project, prepare
from builders.workspace import Workspace

ROOT = Path(__file__).parent.parent


def plans() -> tuple[VariantPlan, ...]:
    """Every variant's build, with bases, wheels and models made ready."""
    matrix = load_matrix(ROOT / "variants.yaml")
    project = Project(connect(), matrix, matrix.variants, Workspace.of(ROOT), 1, _say_nothing)
    prepared = prepare(project)
    if prepared.failures:
        raise SystemExit(str(prepared.failures[0].error))
    return prepared.plans


def _say_nothing(text: str, share: Optional[float] = None) -> None:
    """Figures alone go to standard output."""


def docker_builds_s(planned: tuple[VariantPlan, ...]) -> float:
    """Seconds that the engine's own command takes for all of them, wheels being served."""
    engine, cache = connect(), Workspace.of(ROOT).cache
    server_image = bases.tag(load_matrix(ROOT / "variants.yaml").required_exporter.base)
    with wheelhouse.serving(engine, server_image, cache) as server:
        started = time.monotonic()
        for plan in planned:
            _docker_build(plan, server)
        return time.monotonic() - started


def slimbench_build_s() -> float:
    """Seconds that `slimbench build` takes, its own start included."""
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "slimbench", "build"], cwd=ROOT, check=True, capture_output=True
    )
    return time.monotonic() - started


def _docker_build(plan: VariantPlan, server: wheelhouse.WheelServer) -> None:
    arguments = {**plan.build.build_args, **server.build_args(plan.build.lock)}
    words = [word for key, value in arguments.items() for word in ("--build-arg", f"{key}={value}")]
    command = ("docker", "build", "--network", server.network, *words)
    tag = f"{plan.build.tag}-by-hand"
    labels = of_build({KIND: KIND_VARIANT}, tag)
    named = [word for key, value in labels.items() for word in ("--label", f"{key}={value}")]
    subprocess.run(
        [*command, *named, "--tag", tag, "--file", plan.build.dockerfile, "."],
        cwd=ROOT,
        env={**os.environ, "DOCKER_BUILDKIT": "0"},  # the SDK builds with the classic builder too
        check=True,
        capture_output=True,
    )
