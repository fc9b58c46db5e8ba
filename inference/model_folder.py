"""The folder of a model inside an image: its manifest, labels and artefact."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from inference import protocol
from inference.failures import InferenceError

DEFAULT_FOLDER = "/app/model"
FOLDER_VARIABLE = "SLIMBENCH_MODEL_DIR"
ARTEFACTS = {
    "torchscript": "model.torchscript",
    "onnx": "model.onnx",
    "onnx-int8": "model.int8.onnx",
}


@dataclass(frozen=True)
class ModelFolder:
    """What lies in the folder; `preprocessing` is still JSON, so that nothing heavy is imported.

    Attributes:
        backend: one of ARTEFACTS.
        artefact: the back end's file.
        model: the architecture's name.
        weights: pretrained, seeded or file.
        notice: what a reader must know of the labels; empty when they mean something.
        labels: one for each class, by class id.
    """

    backend: str
    artefact: Path
    model: str
    weights: str
    notice: str
    labels: tuple[str, ...]
    preprocessing: Mapping[str, Any]


def default_folder() -> Path:
    """/app/model, unless SLIMBENCH_MODEL_DIR names another."""
    return Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)


def choose_backend(folder: Path, asked: Optional[str] = None) -> str:
    """The back end asked for, or the one whose artefact lies in the folder.

    Raises:
        InferenceError: model-unusable, when it isn't there, or several are and none was asked for.
    """
    there = [name for name, file in ARTEFACTS.items() if (folder / file).is_file()]
    if asked in there:
        return str(asked)
    if asked:
        raise _unusable(f"there is no {ARTEFACTS[asked]}", folder)
    if not there:
        raise _unusable(f"there is none of {', '.join(ARTEFACTS.values())}", folder)
    if len(there) > 1:
        raise _unusable(f"there are {' and '.join(there)}; choose with --backend", folder)
    return there[0]


def read_folder(folder: Path, backend: str) -> ModelFolder:
    """Read manifest and labels; raises InferenceError model-unusable."""
    manifest = _manifest(folder / "manifest.json")
    labels = tuple(_text(folder / "class_names.txt").splitlines())
    try:
        if len(labels) != manifest["classes"]:
            message = f"it has {len(labels)} lines for {manifest['classes']} classes"
            raise _unusable(message, folder / "class_names.txt")
        return ModelFolder(
            backend=backend,
            artefact=folder / ARTEFACTS[backend],
            model=str(manifest["model"]),
            weights=str(manifest["weights"]),
            notice=str(manifest["notice"]),
            labels=labels,
            preprocessing=dict(manifest["preprocessing"]),
        )
    except KeyError as error:
        raise _unusable(f"it lacks {error}", folder / "manifest.json") from error


def _manifest(path: Path) -> Mapping[str, Any]:
    try:
        manifest = json.loads(_text(path))
    except ValueError as error:
        raise _unusable("it is no JSON", path) from error
    if not isinstance(manifest, dict) or manifest.get("version") != 1:
        raise _unusable("it is no manifest of version 1", path)
    return manifest


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise _unusable(f"it can't be read ({error.strerror})", path) from error


def _unusable(message: str, path: Path) -> InferenceError:
    return InferenceError(protocol.MODEL_UNUSABLE, message, str(path))
