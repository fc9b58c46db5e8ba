"""The matrix for one workload and one model: which variants take part, and under which names."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Optional

from builders.errors import ConfigurationError
from builders.matrix import Job, Matrix, Variant, Workload, WorkloadName
from builders.own_service import Service
from builders.problems import likely, shortened

USUAL = "predict"


@dataclass(frozen=True)
class _Aim:
    workload: WorkloadName
    other_model: Optional[str]  # None: the matrix's own
    has_image: bool  # of its own, built from the variant's


def aimed(matrix: Matrix, workload: WorkloadName, model: Optional[str]) -> Matrix:
    """The matrix of the variants that have this workload, with this model in their images.

    Args:
        matrix: the whole file.
        workload: one of its variants' workloads.
        model: one of its models; None for the one that its variants name.

    Raises:
        ConfigurationError: no variant has the workload, there is no such model, or the workload
            makes its own.
    """
    if matrix.service is not None:
        return _of_own_service(matrix, matrix.service, workload, model)
    chosen = tuple(variant for variant in matrix.variants if workload in variant.workloads)
    if not chosen:
        step = "add it to 'workloads' of a variant or of 'defaults'"
        raise ConfigurationError(f"no variant has the workload '{workload}'", next_step=step)
    _check_model(matrix, workload, model)
    reference = _own(matrix, workload).reference or matrix.reference
    own = matrix.variant(reference).model
    other = model if model != own else None
    named = _Aim(workload, other, has_image=_own(matrix, workload).dockerfile is not None)
    names = {variant.name for variant in chosen}
    update = {
        "reference": reference,
        "variants": tuple(_variant(variant, named, names) for variant in chosen),
        "workload": workload,
        "edition": _joined(other, workload if workload != USUAL else None),
    }
    found = matrix.model_copy(update=update)
    if found.edition:  # limits are of the images as the file has them
        found = found.model_copy(update={"budgets": matrix.budgets.of_growth})
    return found.model_copy(update={"digest": _digest(found)})


def _of_own_service(
    matrix: Matrix, service: Service, workload: WorkloadName, model: Optional[str]
) -> Matrix:
    """Such a matrix has one workload, its own, and knows of no models."""
    if workload != USUAL or model is not None:
        option = "--model" if model is not None else "--workload"
        what = "its 'service' says what the images are asked"
        raise ConfigurationError(what, next_step=f"leave {option} out")
    found = matrix.model_copy(update={"workload": service.kind})
    return found.model_copy(update={"digest": _digest(found)})


def workload_of(matrix: Matrix) -> Workload:
    """What the file says of the workload that the matrix is for; nothing where it has no entry."""
    return _own(matrix, matrix.workload)


def _own(matrix: Matrix, name: Job) -> Workload:
    named = {str(key): own for key, own in matrix.workloads.items()}
    return named.get(name, Workload())


def _check_model(matrix: Matrix, workload: str, model: Optional[str]) -> None:
    if model is None:
        return
    if workload == "train":
        step = "leave --model out"
        raise ConfigurationError("the workload 'train' makes its own model", next_step=step)
    if model not in matrix.models:
        meant = likely(model, matrix.models)
        hint = f"; perhaps you meant '{meant}'" if meant else ""
        what = f"there is no model '{shortened(model)}'{hint}"
        raise ConfigurationError(what, next_step=f"there are {', '.join(matrix.models)}")


def _variant(variant: Variant, aim: _Aim, names: set[str]) -> Variant:
    own_image = aim.workload if aim.has_image else None
    update = {
        "workload": aim.workload,
        "after": variant.after if variant.after in names else None,
        "model": "" if variant.runtime == "torch" else aim.other_model or variant.model,
        "edition": _joined(aim.other_model, own_image) or variant.edition,
    }
    return variant.model_copy(update=update)


def _joined(*parts: Optional[str]) -> str:
    return "-".join(filter(None, parts))


def _digest(matrix: Matrix) -> str:
    # Budgets judge a record: a changed one makes no other image and no other sample.
    meaning = matrix.model_dump(mode="json", exclude={"folder", "digest", "budgets"})
    for variant in meaning["variants"]:
        del variant["project"]  # the same folder under another name compares
    if matrix.service is None:  # what only such a matrix has; records of before stay comparable
        del meaning["service"]
        for variant in meaning["variants"]:
            del variant["image"], variant["build_args"]
    canonical = json.dumps(meaning, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
