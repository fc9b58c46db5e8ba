"""Runs a module of `tests/exporter` in the exporter image."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from builders.engine import ContainerSpec, Engine, ImageInfo, Mount
from builders.labels import KIND_SESSION, of_kind

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_S = 900.0


def run_module(
    engine: Engine, image: ImageInfo, module: str, photos: Optional[Path] = None
) -> tuple[int, str]:
    """Run one module; its exit status and whole output."""
    mounts = [
        Mount(ROOT / "tests" / "exporter", "/tests"),
        # This tree's code, so that an image of yesterday can't pass or fail for it.
        Mount(ROOT / "inference", "/app/inference"),
    ]
    spec = ContainerSpec(
        image=image.image_id,
        entrypoint=("/opt/venv/bin/python",),
        command=("-B", "-m", "unittest", "discover", "-v", "-s", "/tests", "-p", f"{module}.py"),
        labels=of_kind(KIND_SESSION),
        mounts=(*mounts, Mount(photos, "/photos")) if photos else tuple(mounts),
    )
    container = engine.create(spec)
    try:
        engine.start(container)
        state = engine.wait(container, TIMEOUT_S)
        return state.exit_code, engine.logs(container)
    finally:
        engine.remove(container)
