"""One seeded export of each model, shared by all tests of a run; nothing may change it."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from inference.exporter.architecture import Architecture, architecture
from inference.exporter.export import Exported, ExportRequest, export

SEED = 20240611
SAMPLES = 40
MODELS = ("mobilenet_v2", "densenet121", "resnet50")


@functools.cache
def mobilenet() -> Architecture:
    return architecture("mobilenet_v2")


def folder() -> Path:
    """The output folder of `mobilenet_v2 --weights seeded --int8`."""
    return exported("mobilenet_v2")[0]


@functools.cache
def exported(model: str) -> tuple[Path, Exported]:
    """The output folder of `MODEL --weights seeded --int8`, and what was said of it."""
    out = Path(tempfile.mkdtemp()) / model
    return out, export(ExportRequest(model, out, "seeded", SEED, SAMPLES, int8=True))
