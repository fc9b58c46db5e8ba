"""Uncompressed sizes of the small rungs, as the sum of their layer archives.

python -m benchmarks.image_sizes
"""

from __future__ import annotations

from pathlib import Path

from bench.image_facts import inspect_image
from bench.layer_cache import LayerCache
from benchmarks.figure import Figure, finish
from builders.docker_engine import connect
from builders.plan import tag
from builders.workspace import Workspace

TARGETS_MB = {"distroless-onnx": 180, "onnx": 260, "distroless": 850}


def size_mb(variant: str) -> float:
    """Size of a variant's image, in MB of 1000 000 bytes; it must have been built."""
    engine = connect()
    image = engine.image(tag(variant))
    if image is None:
        raise SystemExit(f"{variant} has not been built; run `slimbench build {variant}`")
    cache = LayerCache(Workspace.of(Path.cwd()).cache / "layers")
    return inspect_image(engine, image, cache).size_bytes / 1e6


if __name__ == "__main__":
    finish(
        "image_sizes",
        [Figure(f"{name} size", size_mb(name), "MB", mb) for name, mb in TARGETS_MB.items()],
    )
