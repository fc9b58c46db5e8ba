"""Uncompressed sizes of the small rungs, as the sum of their layer archives.

python -m benchmarks.image_sizes
"""

from __future__ import annotations

from pathlib import Path

from bench.inspection.layer_cache import LayerCache
from bench.inspection.sources import from_engine
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
    layers = from_engine(engine, variant, image, cache).layers
    return sum(layer.size_bytes for layer in layers) / 1e6


if __name__ == "__main__":
    finish(
        "image_sizes",
        [Figure(f"{name} size", size_mb(name), "MB", mb) for name, mb in TARGETS_MB.items()],
    )
