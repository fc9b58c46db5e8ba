"""A model folder for the stand-in runtime: ten classes, squares of 24 pixels, no normalisation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LABELS = tuple(f"label {one}" for one in range(10))
MANIFEST: dict[str, Any] = {
    "version": 1,
    "model": "toy",
    "weights": "seeded",
    "notice": "labels mean nothing",
    "classes": 10,
    "preprocessing": {
        "resize_size": 32,
        "crop_size": 24,
        "interpolation": "bilinear",
        "mean": [0, 0, 0],
        "std": [1, 1, 1],
    },
}


def toy_folder(folder: Path, **changes: Any) -> Path:
    """Write the folder; `changes` replace keys of the manifest."""
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({**MANIFEST, **changes}))
    (folder / "class_names.txt").write_text("\n".join(LABELS) + "\n")
    (folder / "model.onnx").write_bytes(b"toy")
    return folder
