"""Where a model's weights come from: published, a file, or a seed."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.client import HTTPException
from typing import Any

import torch

from inference.exporter.architecture import Architecture
from inference.exporter.failures import WEIGHTS_UNREACHABLE, WEIGHTS_UNUSABLE, ExportError
from inference.exporter.seeded import seeded_model
from inference.failures import first_line

SEEDED_NOTICE = (
    "The weights are seeded, not trained: labels and probabilities mean nothing, "
    "they only show whether images agree."
)
SILENCE_S = 20.0  # torch's download has no limit of its own and would wait for minutes


@dataclass(frozen=True)
class WeightedModel:
    """A model ready to export.

    Attributes:
        module: in evaluation mode.
        source: pretrained, seeded or file.
        reason: why this source, in words that are the same on every machine.
        detail: what this machine has to add to the reason; empty when nothing.
        notice: what every reader must know of the labels; empty when they mean something.
    """

    module: Any
    source: str
    reason: str
    notice: str = ""
    detail: str = ""


def weighted_model(architecture: Architecture, wanted: str, seed: int) -> WeightedModel:
    """Build the model with the wanted weights.

    Args:
        architecture: which model.
        wanted: `auto`, `pretrained`, `seeded` or `file:PATH`.
        seed: what seeded weights depend on.

    Raises:
        ExportError: weights-unreachable or weights-unusable; with `auto` neither.
    """
    if wanted == "pretrained":
        return _pretrained(architecture)
    if wanted == "auto":
        return _pretrained_or_seeded(architecture, seed)
    if wanted.startswith("file:"):
        return _from_file(architecture, wanted[len("file:") :])
    return _seeded(architecture, seed, "asked for")


def _pretrained_or_seeded(architecture: Architecture, seed: int) -> WeightedModel:
    try:
        return _pretrained(architecture)
    except ExportError as error:
        reason = f"the pretrained weights were tried first: {error.code}"
        return replace(_seeded(architecture, seed, reason), detail=error.message)


def _seeded(architecture: Architecture, seed: int, reason: str) -> WeightedModel:
    return WeightedModel(seeded_model(architecture, seed), "seeded", reason, SEEDED_NOTICE)


def _pretrained(architecture: Architecture) -> WeightedModel:
    entry = architecture.published
    state = _download(entry)
    module = _filled(architecture, state, entry.url)
    return WeightedModel(module, "pretrained", f"torchvision's {entry}")


def _download(entry: Any) -> Mapping[str, Any]:
    """Call torchvision's own loading code, which checks the hash in the file's name."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SILENCE_S)
    try:
        with tempfile.TemporaryDirectory() as folder:
            state: Mapping[str, Any] = entry.get_state_dict(
                progress=False, check_hash=True, model_dir=folder, weights_only=True
            )
            return state
    except (HTTPException, OSError) as error:  # URLError is an OSError
        message = f"they can't be downloaded ({_cause(error)})"
        raise ExportError(WEIGHTS_UNREACHABLE, message, entry.url) from error
    except Exception as error:  # RuntimeError: another hash; whatever bytes lead the unpickler to
        message = f"what was downloaded is not what was published ({first_line(error)})"
        raise ExportError(WEIGHTS_UNUSABLE, message, entry.url) from error
    finally:
        socket.setdefaulttimeout(before)


def _cause(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return f"{type(error).__name__}: {reason}"


def _from_file(architecture: Architecture, path: str) -> WeightedModel:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        message = f"the weights file can't be read ({error.strerror})"
        raise ExportError(WEIGHTS_UNUSABLE, message, path) from error
    except Exception as error:  # whatever damaged bytes lead the unpickler to
        message = "the weights file is no state dict as torch.save writes it, or it is cut off"
        raise ExportError(WEIGHTS_UNUSABLE, message, path) from error
    return WeightedModel(_filled(architecture, state, path), "file", "asked for")


def _filled(architecture: Architecture, state: Any, path: str) -> Any:
    module = architecture.build()
    _check_fit(module.state_dict(), state, architecture.name, path)
    module.load_state_dict(state)
    return module


def _check_fit(expected: Mapping[str, Any], state: Any, name: str, path: str) -> None:
    """Every key and shape, told in one sentence; torch's own message has a line for each."""
    if not isinstance(state, Mapping) or not all(torch.is_tensor(v) for v in state.values()):
        message = "the weights file holds no state dict, a mapping of names to tensors"
        raise ExportError(WEIGHTS_UNUSABLE, message, path)
    missing, unknown = expected.keys() - state.keys(), state.keys() - expected.keys()
    shapes = [
        f"'{key}' is {tuple(state[key].shape)}, not {tuple(expected[key].shape)}"
        for key in sorted(expected.keys() & state.keys())
        if state[key].shape != expected[key].shape
    ]
    problems = [f"lacks '{key}'" for key in sorted(missing)]
    problems += [f"has an unknown '{key}'" for key in sorted(unknown)] + shapes
    if problems:
        more = f" and {len(problems) - 1} more such" if len(problems) > 1 else ""
        message = f"the weights don't fit {name}: {problems[0]}{more}"
        raise ExportError(WEIGHTS_UNUSABLE, message, path)
