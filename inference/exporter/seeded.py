"""Weights for machines that can't reach the published ones: meaningless labels, useful answers.

Plain random weights answer one class for every picture, and what they tell pictures apart by is so
little that rounding to int8 changes most best classes. Trained weights do neither. So, from one
seed: shifted batch norms keep most activations where ReLU is linear, and weak residual branches
keep depth from multiplying disturbances, as zero-initialised ones do in training (Goyal et al.,
*Accurate, Large Minibatch SGD*, 2017); one pass over generated pictures sets the statistics; the
last layer looks at what differs most between these pictures, and a few classes stand out.
docs/models.md has what each of these is worth.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from inference.exporter.architecture import Architecture
from inference.exporter.calibration import calibration_batch
from inference.exporter.failures import EXPORT_FAILED, ExportError

LOGIT_STD = 2.0  # on generated pictures
SHIFT = 1.0  # of batch norms, in standard deviations of what they give
BRANCH = 0.25  # weight of a residual branch beside what goes around it
COMPONENTS = 16  # of the features, on which the last layer looks
OUTSTANDING = 64  # classes
OTHERS = 0.25  # weight of the other classes beside these


def seeded_model(architecture: Architecture, seed: int) -> Any:
    """Build the model with weights that depend on `seed` alone, in evaluation mode."""
    torch.manual_seed(seed)
    model = architecture.build()
    pictures = torch.tensor(calibration_batch(architecture.preprocessing, seed))
    with torch.no_grad():
        _damp(model)
        _set_batch_norm(model, pictures)
        _tell_classes_apart(model, pictures)
        _spread_logits(model, pictures)
    return model


def _damp(model: Any) -> None:
    for layer in _batch_norms(model):
        nn.init.constant_(layer.bias, SHIFT)
    for block in model.modules():
        last = _last_of_branch(block)
        if last is not None:
            nn.init.constant_(last.weight, BRANCH)


def _last_of_branch(block: Any) -> Any:
    """The batch norm that ends a residual branch of torchvision's blocks; None for all else."""
    if getattr(block, "use_res_connect", False):  # of MobileNet
        return _batch_norms(block)[-1]
    if hasattr(block, "downsample"):  # of ResNet; it stands beside the branch
        return getattr(block, "bn3", None) or block.bn2
    return None


def _batch_norms(module: Any) -> list[Any]:
    return [layer for layer in module.modules() if isinstance(layer, nn.BatchNorm2d)]


def _set_batch_norm(model: Any, pictures: Any) -> None:
    """Replace running statistics by those of this one batch; dropout stays off."""
    layers = _batch_norms(model)
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.train()
        layer.momentum = 1.0
    model(pictures)
    for layer, momentum in zip(layers, momenta):
        layer.eval()
        layer.momentum = momentum


def _tell_classes_apart(model: Any, pictures: Any) -> None:
    """Each class looks at a random mixture of the strongest principal components of the features.

    A few classes look harder than the others, so that the best one is ahead of the second.
    """
    last = _last_layer(model)
    components = _components(_features(model, last, pictures))
    mixtures = torch.randn(last.out_features, len(components))
    harder = torch.randperm(last.out_features) < OUTSTANDING
    mixtures[~harder] *= OTHERS
    last.weight.copy_(mixtures @ components)


def _features(model: Any, last: Any, pictures: Any) -> Any:
    """What comes into the last layer: float32 (pictures, features)."""
    seen: list[Any] = []
    hook = last.register_forward_pre_hook(lambda _layer, inputs: seen.append(inputs[0]))
    model(pictures)
    hook.remove()
    return seen[0]


def _components(features: Any) -> Any:
    """Unit vectors, float32 (COMPONENTS, features); each one's largest entry is positive."""
    _, _, vectors = torch.linalg.svd(features - features.mean(dim=0), full_matrices=False)
    chosen = vectors[:COMPONENTS]
    largest = chosen.abs().argmax(dim=1, keepdim=True)
    return chosen * chosen.gather(1, largest).sign()  # without it the sign depends on the library


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
