"""The back ends behind one seam: a module each, imported only when it was chosen."""

from __future__ import annotations

import importlib
import platform
from pathlib import Path
from typing import Any, Protocol

from inference import protocol
from inference.failures import InferenceError, first_line


class LoadedModel(Protocol):
    """A model in memory; `threads` is the number that the runtime says it computes with."""

    threads: int

    def logits(self, batch: Any) -> Any:
        """Logits of shape (n, classes) for float32 pixels of shape (n, 3, size, size)."""


class Backend(Protocol):
    """What the modules `torchscript_backend` and `onnx_backend` offer."""

    RUNTIME: str
    VERSION: str

    def load(self, artefact: Path, threads: int) -> LoadedModel:
        """Load the artefact; raises whatever the runtime does."""


def import_backend(name: str) -> Backend:
    """Import the runtime of this back end; raises InferenceError model-unusable without it."""
    try:
        module: Any = importlib.import_module(f"inference.{name}_backend")
    except ImportError as error:
        message = f"the {name} back end can't be imported ({error})"
        raise InferenceError(protocol.MODEL_UNUSABLE, message) from error
    backend: Backend = module
    return backend


def versions(backend: Backend) -> dict[str, str]:
    """Versions of everything that takes part in an answer."""
    numpy, pillow = importlib.import_module("numpy"), importlib.import_module("PIL")
    return {
        "python": platform.python_version(),
        backend.RUNTIME: backend.VERSION,
        "numpy": str(numpy.__version__),
        "pillow": str(pillow.__version__),
    }


def load(backend: Backend, artefact: Path, threads: int) -> LoadedModel:
    """Load a model; raises InferenceError model-unusable whatever the runtime says."""
    try:
        return backend.load(artefact, threads)
    except Exception as error:  # each runtime has its own, and a damaged file raises any of them
        message = f"{backend.RUNTIME} can't load it ({first_line(error)})"
        raise InferenceError(protocol.MODEL_UNUSABLE, message, str(artefact)) from error
