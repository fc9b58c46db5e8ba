"""TorchScript with torch: one pool of `threads`, no second one for parallel operators."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch

RUNTIME = "torch"
VERSION = str(torch.__version__)


class TorchScriptModel:
    """A loaded TorchScript file."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self.threads = int(torch.get_num_threads())

    def logits(self, batch: Any) -> Any:
        """See `inference.backends.LoadedModel`."""
        with torch.inference_mode():
            return self._module(torch.from_numpy(batch)).numpy()


def load(artefact: Path, threads: int) -> TorchScriptModel:
    """See `inference.backends.Backend`."""
    torch.set_num_threads(threads)
    if torch.get_num_interop_threads() != 1:  # may be set once in a process
        torch.set_num_interop_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls TorchScript deprecated; it is on purpose
        return TorchScriptModel(torch.jit.load(str(artefact), map_location="cpu"))
