"""A torchvision classifier by its name there: the empty model, its labels and preprocessing."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from inference.exporter.failures import UNKNOWN_MODEL, ExportError
from inference.exporter.operators import declare_missing_operators
from inference.preprocessing import Preprocessing


@dataclass(frozen=True)
class Architecture:
    """What torchvision knows of a model; `published` is its best published weights entry."""

    name: str
    published: Any
    labels: tuple[str, ...]
    preprocessing: Preprocessing

    def build(self) -> Any:
        """A new model with torchvision's own initialisation, in evaluation mode."""
        return torchvision_models().get_model(self.name, weights=None).eval()


def torchvision_models() -> Any:
    """The module `torchvision.models`, imported once its operators are known to torch."""
    declare_missing_operators()
    return importlib.import_module("torchvision.models")


def architecture(name: str) -> Architecture:
    """Look a classification model up.

    Raises:
        ExportError: unknown-model, when torchvision has none of this name that classifies pictures.
    """
    models = torchvision_models()
    if name not in models.list_models(module=models):
        raise ExportError(UNKNOWN_MODEL, f"torchvision has no classification model named '{name}'")
    published = models.get_model_weights(name).DEFAULT
    labels = tuple(published.meta["categories"])
    return Architecture(name, published, labels, _preprocessing(published.transforms()))


def _preprocessing(transform: Any) -> Preprocessing:
    """Read the numbers off torchvision's ImageClassification preset."""
    return Preprocessing(
        resize_size=transform.resize_size[0],
        crop_size=transform.crop_size[0],
        interpolation=transform.interpolation.value,
        mean=tuple(transform.mean),
        std=tuple(transform.std),
    )
