"""`manifest.json`: what the artefacts are, where their weights came from, how to feed the model."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from inference.exporter.architecture import Architecture
from inference.exporter.calibration import PICTURES
from inference.exporter.formats import AGREEMENT, INPUT, OPSET, OUTPUT
from inference.exporter.quantised import INT8, SETTINGS
from inference.exporter.weights import WeightedModel

MANIFEST_VERSION = 1
_PACKAGES = ("torch", "torchvision", "onnx", "onnxruntime", "numpy", "pillow")


def write_manifest(
    folder: Path, architecture: Architecture, model: WeightedModel, seed: int
) -> None:
    """Describe the artefacts that lie in `folder`; same artefacts, same bytes."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    described: dict[str, Any] = {
        "version": MANIFEST_VERSION,
        "model": architecture.name,
        "weights": model.source,
        "reason": model.reason,
        "seed": seed,
        "notice": model.notice,
        "versions": _versions(),
        "preprocessing": asdict(architecture.preprocessing),
        "classes": len(architecture.labels),
        "onnx": {"opset": OPSET, "input": INPUT, "output": OUTPUT},
        "agreement": AGREEMENT,
        "size_bytes": {str(path.relative_to(folder)): path.stat().st_size for path in files},
        "sha256": {str(path.relative_to(folder)): _sha256(path) for path in files},
    }
    if (folder / INT8).exists():
        described["int8"] = {**SETTINGS, "calibration_pictures": PICTURES}
    (folder / "manifest.json").write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")


def _versions() -> dict[str, str]:
    packages = {name: version(name) for name in _PACKAGES}
    return {"python": platform.python_version(), **packages}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
