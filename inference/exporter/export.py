"""The export, step by step: weights, artefacts, proof, manifest, and only then the final place."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Optional

import torch

from inference.exporter.architecture import Architecture, architecture
from inference.exporter.calibration import calibration_batch
from inference.exporter.failures import EXPORT_FAILED, ExportError
from inference.exporter.formats import check_agreement, write_onnx, write_torchscript
from inference.exporter.manifest import write_manifest
from inference.exporter.quantised import INT8, top1_agreement, write_int8
from inference.exporter.samples import write_samples
from inference.exporter.weights import WeightedModel, weighted_model
from inference.pictures import read_picture
from inference.preprocessing import to_batch

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class ExportRequest:
    """What the command line asks for; `weights` is auto, pretrained, seeded or file:PATH."""

    model: str
    out: Path
    weights: str
    seed: int
    samples: int
    int8: bool = False  # an int8 file too


@dataclass(frozen=True)
class Proof:
    """How the files answer on the samples.

    Attributes:
        largest_difference: of a class probability, between the float32 formats and the model.
        int8_top1_agreement: the share of the samples on which the int8 file's best class is that of
            the float32 one, which the matrix judges; None without an int8 file.
    """

    largest_difference: float
    int8_top1_agreement: Optional[float]


@dataclass(frozen=True)
class Exported(Proof):
    """What lies in the output folder now."""

    model: str
    weights: str
    reason: str
    detail: str
    notice: str


def export(request: ExportRequest) -> Exported:
    """Export a model; the output folder is touched only once everything has been proven.

    Raises:
        ExportError: with the code that tells what went wrong.
    """
    known = architecture(request.model)
    model = weighted_model(known, request.weights, request.seed)
    try:
        proof = _write_and_place(known, model, request)
    except OSError as error:
        message = f"the artefacts can't be written ({error.strerror})"
        raise ExportError(EXPORT_FAILED, message, str(request.out)) from error
    return Exported(
        **asdict(proof),
        model=known.name,
        weights=model.source,
        reason=model.reason,
        detail=model.detail,
        notice=model.notice,
    )


def _write_and_place(known: Architecture, model: WeightedModel, request: ExportRequest) -> Proof:
    request.out.mkdir(parents=True, exist_ok=True)
    # Inside the output folder, which may be a mount point of its own that nothing can replace.
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=request.out) as partial:
        proof = _write(Path(partial), known, model, request)
        _move_into_place(Path(partial), request.out)
    return proof


def _write(
    folder: Path, known: Architecture, model: WeightedModel, request: ExportRequest
) -> Proof:
    samples = write_samples(folder / "samples", request.samples, request.seed)
    preprocessing = known.preprocessing
    batch = torch.cat(
        [torch.from_numpy(to_batch(read_picture(str(path)), preprocessing)) for path in samples]
    )
    _check_classes(model, known, batch)
    write_torchscript(model.module, batch[:1], folder / "model.torchscript")
    write_onnx(model.module, batch[:1], folder / "model.onnx")
    difference = check_agreement(model.module, folder, batch)
    agreement = _quantise(folder, known, request, batch) if request.int8 else None
    (folder / "class_names.txt").write_text("\n".join(known.labels) + "\n", encoding="utf-8")
    write_manifest(folder, known, model, request.seed)
    return Proof(difference, agreement)


def _quantise(
    folder: Path, known: Architecture, request: ExportRequest, samples: torch.Tensor
) -> float:
    """Write the int8 file; its top-1 agreement with the float32 one on the samples."""
    source, quantised = folder / "model.onnx", folder / INT8
    write_int8(source, calibration_batch(known.preprocessing, request.seed), quantised)
    return top1_agreement(source, quantised, samples.numpy(), torch.get_num_threads())


def _check_classes(model: WeightedModel, known: Architecture, batch: torch.Tensor) -> None:
    with torch.no_grad():
        classes = model.module(batch[:1]).shape[-1]
    if classes != len(known.labels):
        message = f"the model has {classes} classes, but torchvision names {len(known.labels)}"
        raise ExportError(EXPORT_FAILED, message)


def _move_into_place(partial: Path, out: Path) -> None:
    """Take the old manifest away first and put the new one last: it vouches for the rest."""
    (out / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(out / "samples", ignore_errors=True)
    for path in sorted(partial.iterdir(), key=lambda path: path.name == MANIFEST):
        path.replace(out / path.name)
