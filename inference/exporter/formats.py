"""A model to TorchScript and ONNX, and the proof that both answer as the model itself does."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch

from inference import onnx_backend
from inference.exporter.failures import EXPORT_FAILED, ExportError
from inference.failures import first_line
from inference.ranking import probabilities

OPSET = 17  # what ONNX Runtime 1.14 of 2023 and every later one reads
INPUT, OUTPUT = "pixels", "logits"
AGREEMENT = 1e-4  # largest difference of a class probability


def write_torchscript(module: Any, example: Any, path: Path) -> None:
    """Trace, then freeze: weights become constants, batch norms fold into their convolutions.

    No device-specific optimisation is baked in, so any CPU loads the file.
    """
    with converting("TorchScript"):
        frozen = torch.jit.freeze(torch.jit.trace(module, example))
        torch.jit.save(frozen, str(path))


def write_onnx(module: Any, example: Any, path: Path) -> None:
    """Write one file of opset OPSET with a free batch size, and have onnx check it."""
    with converting("ONNX"):
        torch.onnx.export(
            module,
            (example,),
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: {0: "batch"}, OUTPUT: {0: "batch"}},
        )
        onnx.checker.check_model(str(path), full_check=True)


@contextmanager
def converting(kind: str) -> Iterator[None]:
    """Whatever goes wrong inside is told as ExportError export-failed."""
    with warnings.catch_warnings():
        # torch calls both TorchScript and the exporter that traces deprecated; they are on purpose.
        warnings.simplefilter("ignore")
        try:
            yield
        except Exception as error:  # tracing raises whatever the model's own code does
            message = f"the model can't be turned into {kind} ({first_line(error)})"
            raise ExportError(EXPORT_FAILED, message) from error


def check_agreement(module: Any, folder: Path, batch: Any) -> float:
    """Compare the two files' answers with the model's, for the whole batch and one by one.

    Args:
        module: the model, in evaluation mode.
        folder: holds `model.torchscript` and `model.onnx`.
        batch: float32 of shape (n, 3, size, size).

    Returns:
        The largest difference of a class probability.

    Raises:
        ExportError: export-failed, when it is above AGREEMENT.
    """
    with torch.no_grad():
        expected = probabilities(module(batch).numpy())
    worst = 0.0
    for kind, answer in (("TorchScript", _torchscript(folder)), ("ONNX", _onnx(folder))):
        one_by_one = np.concatenate([answer(batch[n : n + 1]) for n in range(len(batch))])
        for logits in (answer(batch), one_by_one):
            worst = max(worst, _checked_difference(kind, probabilities(logits), expected))
    return worst


def _checked_difference(kind: str, found: np.ndarray, expected: np.ndarray) -> float:
    difference = float(np.abs(found - expected).max())
    if not difference <= AGREEMENT:  # also when it is no number
        message = f"{kind} and the model differ by {difference:.2g}, more than {AGREEMENT:g}"
        raise ExportError(EXPORT_FAILED, message)
    return difference


def _torchscript(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded = torch.jit.load(str(folder / "model.torchscript"), map_location="cpu")

    def answer(batch: Any) -> np.ndarray:
        with torch.inference_mode():
            logits: np.ndarray = loaded(batch).numpy()
        return logits

    return answer


def _onnx(folder: Path) -> Any:
    model = onnx_backend.load(folder / "model.onnx", torch.get_num_threads())

    def answer(batch: Any) -> np.ndarray:
        logits: np.ndarray = model.logits(batch.numpy())
        return logits

    return answer
