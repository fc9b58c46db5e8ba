"""The back ends behind one seam: a module each, imported only when it was chosen."""

from __future__ import annotations

import importlib
import platform
from pathlib import Path
from typing import Any, Protocol

from inference import protocol
from inference.device import CPU, NoGpu, Wish
from inference.failures import InferenceError, first_line

MODULES = {
    "torchscript": "torchscript_backend",
    "onnx": "onnx_backend",
    "onnx-int8": "onnx_backend",  # the same runtime, another file
}


class LoadedModel(Protocol):
    """A model in memory, and what its runtime says of it.

    Attributes:
        threads: how many it computes with.
        device: cpu or cuda, asked for once it was loaded.
    """

    threads: int
    device: str

    def logits(self, batch: Any) -> Any:
        """Logits of shape (n, classes) for float32 pixels of shape (n, 3, size, size)."""


class Backend(Protocol):
    """What the modules `torchscript_backend` and `onnx_backend` offer."""

    RUNTIME: str
    VERSION: str

    def load(self, artefact: Path, threads: int, device: str) -> LoadedModel:
        """Load the artefact; raises NoGpu where it should and can't, else the runtime's errors."""


def import_backend(name: str) -> Backend:
    """Import the runtime of this back end; raises InferenceError model-unusable without it."""
    try:
        module: Any = importlib.import_module(f"inference.{MODULES[name]}")
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


def load(backend: Backend, artefact: Path, threads: int, wish: Wish) -> tuple[LoadedModel, str]:
    """Load a model on the device asked for, or on the CPU where that will do.

    Returns:
        The model, and why it isn't on the GPU that was asked for; empty where it is as asked.

    Raises:
        InferenceError: gpu-unavailable, or model-unusable whatever the runtime says.
    """
    try:
        return _load(backend, artefact, threads, wish.device), ""
    except NoGpu as error:
        if not wish.fallback:
            message = f"a GPU was asked for, but {error}; --gpu-fallback allows the CPU instead"
            raise InferenceError(protocol.GPU_UNAVAILABLE, message) from error
        return _load(backend, artefact, threads, CPU), str(error)


def _load(backend: Backend, artefact: Path, threads: int, device: str) -> LoadedModel:
    try:
        return backend.load(artefact, threads, device)
    except NoGpu:
        raise
    except Exception as error:  # each runtime has its own, and a damaged file raises any of them
        message = f"{backend.RUNTIME} can't load it ({first_line(error)})"
        raise InferenceError(protocol.MODEL_UNUSABLE, message, str(artefact)) from error
