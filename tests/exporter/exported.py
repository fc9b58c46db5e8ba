"""One seeded export, shared by all tests of a run; nothing may change it."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from inference.exporter.architecture import Architecture, architecture
from inference.exporter.export import ExportRequest, export

SEED = 20240611
SAMPLES = 12


@functools.cache
def mobilenet() -> Architecture:
    return architecture("mobilenet_v2")


@functools.cache
def folder() -> Path:
    """The output folder of `--weights seeded`."""
    out = Path(tempfile.mkdtemp()) / "mobilenet_v2"
    export(ExportRequest("mobilenet_v2", out, "seeded", SEED, SAMPLES))
    return out
