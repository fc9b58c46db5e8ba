"""From a model folder to a classifier in two steps that are measured apart: imports, then load."""

from __future__ import annotations

import argparse
import importlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inference import protocol
from inference.backends import Backend, import_backend, load, versions
from inference.device import wish
from inference.failures import InferenceError
from inference.model_folder import ModelFolder, choose_backend, read_folder

if TYPE_CHECKING:
    from inference.classifier import Classifier


@dataclass(frozen=True)
class Imported:
    """Everything heavy is imported; `name` is the back end's."""

    name: str
    backend: Backend
    versions: dict[str, str]


@dataclass(frozen=True)
class Loaded:
    """A classifier, the folder that it came from, and what its runtime says of it.

    Attributes:
        threads: how many it computes with.
        device: cpu or cuda.
        fallback: why that is the CPU though a GPU was asked for; else empty.
    """

    classifier: Classifier
    folder: ModelFolder
    threads: int
    device: str
    fallback: str


def import_runtime(asked: argparse.Namespace) -> Imported:
    """Choose the back end and import it, NumPy and Pillow; raises InferenceError model-unusable."""
    # NumPy's OpenBLAS, unused here, would start a thread for each core that spins for a while.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    name = choose_backend(asked.model_dir, asked.backend)
    backend = import_backend(name)
    importlib.import_module("inference.classifier")
    return Imported(name, backend, versions(backend))


def load_classifier(asked: argparse.Namespace, imported: Imported) -> Loaded:
    """Read the folder and load the model.

    Raises:
        InferenceError: model-unusable, or gpu-unavailable where one was asked for.
    """
    # Not before: both import NumPy and Pillow, which belong to the phase of imports.
    from inference.classifier import Classifier  # noqa: PLC0415
    from inference.preprocessing import Preprocessing  # noqa: PLC0415

    folder = read_folder(asked.model_dir, imported.name)
    try:
        preprocessing = Preprocessing.from_json(folder.preprocessing)
    except (KeyError, TypeError, ValueError) as error:
        message = f"the manifest's preprocessing is damaged ({error})"
        raise InferenceError(protocol.MODEL_UNUSABLE, message, str(asked.model_dir)) from error
    model, fallback = load(imported.backend, folder.artefact, asked.threads, wish(asked))
    classifier = Classifier(model, folder.labels, preprocessing)
    return Loaded(classifier, folder, model.threads, model.device, fallback)
