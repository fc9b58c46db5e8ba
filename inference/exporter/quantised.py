"""An int8 ONNX file made of the float32 one: ONNX Runtime's static quantisation.

Weights are rounded to int8, each output channel with a scale of its own; activations to uint8,
each tensor with a scale and a zero point from the smallest and largest value that it has on the
calibration pictures. The file holds pairs of QuantizeLinear and DequantizeLinear (QDQ), which the
runtime turns into integer operators. docs/models.md has the figures that these settings come from.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional

import numpy as np
import onnx
from onnxruntime.quantization import (
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quant_pre_process,
    quantize_static,
)

from inference import onnx_backend
from inference.exporter.formats import INPUT, converting

INT8 = "model.int8.onnx"
# The runtime has integer forms of these. It has none of batch norms, whose few weights would only
# lose precision: one that can't be folded into a convolution stays float32.
OPERATORS = (
    *("Conv", "Gemm", "MatMul"),
    *("Add", "AveragePool", "Concat", "GlobalAveragePool", "MaxPool"),
    *("Clip", "Relu"),
)
SETTINGS: dict[str, Any] = {  # as the manifest tells them
    "format": "QDQ",
    "weights": "int8, symmetric, a scale for each output channel",
    "activations": "uint8, asymmetric, a scale for each tensor",
    "calibration": "smallest and largest value",
}
_PART = 8  # pictures that go through the model together while it is calibrated


def write_int8(source: Path, pictures: np.ndarray, path: Path) -> None:
    """Quantise an ONNX file, and have onnx check the result.

    Args:
        source: the float32 file.
        pictures: what it is calibrated on, float32 (n, 3, size, size).
        path: where the int8 file goes.

    Raises:
        ExportError: export-failed.
    """
    with converting("int8 ONNX"), tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(path),
            _Pictures(pictures),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(OPERATORS),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
        onnx.checker.check_model(str(path), full_check=True)


class _Pictures:
    """The calibration pictures as `onnxruntime.quantization` asks for them, part by part."""

    def __init__(self, pictures: np.ndarray) -> None:
        self._parts: Iterator[np.ndarray] = iter(
            pictures[start : start + _PART] for start in range(0, len(pictures), _PART)
        )

    def get_next(self) -> Optional[dict[str, np.ndarray]]:
        """The next part by the model's input; None after the last."""
        part = next(self._parts, None)
        return None if part is None else {INPUT: part}


def top1_agreement(source: Path, quantised: Path, batch: np.ndarray, threads: int) -> float:
    """The share of the pictures, float32 (n, 3, size, size), whose best class is the same."""
    models = [onnx_backend.load(path, threads) for path in (source, quantised)]
    best = [
        np.concatenate([model.logits(batch[n : n + 1]).argmax(axis=1) for n in range(len(batch))])
        for model in models
    ]
    return float(np.mean(best[0] == best[1]))
