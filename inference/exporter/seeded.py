"""Weights for machines that can't reach the published ones: meaningless labels, useful answers.

Plain random weights answer one class for every picture. Here one pass over generated pictures sets
the batch-norm statistics, and the last layer is scaled so that the logits differ between pictures.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from inference.exporter.architecture import Architecture
from inference.exporter.failures import EXPORT_FAILED, ExportError
from inference.exporter.samples import generate
from inference.preprocessing import Preprocessing, to_batch

LOGIT_STD = 2.0  # on generated pictures; photographs then spread by about 3
CALIBRATION_PICTURES = 64
# Calibration sees other pictures than the samples that the answers are compared on.
_SEED_OFFSET = 1_000_003


def seeded_model(architecture: Architecture, seed: int) -> Any:
    """Build the model with weights that depend on `seed` alone, in evaluation mode."""
    torch.manual_seed(seed)
    model = architecture.build()
    pictures = calibration_batch(architecture.preprocessing, seed + _SEED_OFFSET)
    with torch.no_grad():
        _set_batch_norm(model, pictures)
        _spread_logits(model, pictures)
    return model


def calibration_batch(preprocessing: Preprocessing, seed: int) -> Any:
    """Generated pictures as the model sees them: float32 (CALIBRATION_PICTURES, 3, size, size)."""
    pictures = generate(CALIBRATION_PICTURES, seed)
    return torch.cat([torch.from_numpy(to_batch(one, preprocessing)) for one in pictures])


def _set_batch_norm(model: Any, pictures: Any) -> None:
    """Replace running statistics by those of this one batch; dropout stays off."""
    layers = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.train()
        layer.momentum = 1.0
    model(pictures)
    for layer, momentum in zip(layers, momenta):
        layer.eval()
        layer.momentum = momentum


def _spread_logits(model: Any, pictures: Any) -> None:
    """Scale and shift the last layer: each class's mean is 0, the deviation LOGIT_STD."""
    last = _last_layer(model)
    logits = model(pictures)
    scale = LOGIT_STD / (logits - logits.mean(dim=0)).std()
    bias = last.bias if last.bias is not None else torch.zeros(last.out_features)
    last.weight.mul_(scale)
    last.bias = nn.Parameter((bias - logits.mean(dim=0)) * scale)


def _last_layer(model: Any) -> Any:
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    if not layers:
        message = "the model ends in no linear layer, which seeded weights need; use a weights file"
        raise ExportError(EXPORT_FAILED, message)
    return layers[-1]
