"""The matrix as frozen values: what `variants.yaml` means once it has been checked.

`builders.matrix_file.load_matrix` reads and checks the file; this module and those of its parts
hold the shapes only, with what each key says, from which `builders.matrix_schema` is made.
All paths are relative to the folder of the matrix file and stay inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

from pydantic import BeforeValidator, Field

from builders.base_settings import Base, BaseSource, Bootstrap
from builders.budget_settings import Budgets
from builders.matrix_values import Frozen, Name, number
from builders.measurement_settings import MeasurementSettings
from builders.model_settings import Exporter, Model, WeightsFile
from builders.own_service import Service
from builders.recipe import Device, Recipe, Runtime, Variant
from builders.verification_settings import VerificationSettings
from builders.workload_settings import Job, Limits, Workload, WorkloadName

__all__ = [
    "Base",
    "BaseSource",
    "Bootstrap",
    "Device",
    "Job",
    "Limits",
    "Matrix",
    "MatrixContent",
    "Model",
    "Name",
    "Recipe",
    "Runtime",
    "Settings",
    "Shared",
    "Variant",
    "WHOLE_FOLDER",
    "WeightsFile",
    "Workload",
    "WorkloadName",
]

WHOLE_FOLDER = (".",)
_BASES = "base images by name"
_SETS = "name to path of a locked set of wheels: exact versions, every file's hash"
_PACKAGES = {"suite": "bookworm", "variant": "minbase", "packages": ["python3"]}
_BASE_EXAMPLES: list[Any] = [{"slim": {"bootstrap": _PACKAGES}}]
_SET_EXAMPLES: list[Any] = [{"onnx": "dockerfiles/requirements/onnx.txt"}]


class Shared(Frozen):
    """What every matrix may say, whatever runs in its images."""

    version: Annotated[Literal[1], BeforeValidator(number)] = Field(
        description="the format of this file: `1`", examples=[1]
    )
    reference: Name = Field(
        description="the variant with which every other one's answers are compared",
        examples=["fat"],
    )
    base_source: BaseSource = Field(
        default="auto",
        description="`pull` from a registry, `bootstrap` from Debian packages, or `auto`: pull,"
        " and bootstrap when no registry answers",
        examples=["bootstrap"],
    )
    bases: Mapping[Name, Base] = Field(default={}, description=_BASES, examples=_BASE_EXAMPLES)
    requirements: Mapping[Name, str] = Field(default={}, description=_SETS, examples=_SET_EXAMPLES)
    limits: Limits = Field(
        default_factory=Limits,
        description="what every measured container gets",
        examples=[{"cpu_set": "1", "threads": 1, "memory": "2GiB"}],
    )
    measurement: MeasurementSettings = Field(
        default_factory=MeasurementSettings,
        description="how much is measured",
        examples=[{"precision": 0.02, "max_time": "10min"}],
    )
    budgets: Budgets = Field(
        default_factory=Budgets,
        description="what `slimbench gate` holds the images to: docs/gate.md",
        examples=[{"all": {"root_user": False, "size": "2GB"}}],
    )


class Settings(Shared):
    """Everything but the variants, where they hold one of the exporter's models."""

    bases: Mapping[Name, Base] = Field(description=_BASES, examples=_BASE_EXAMPLES)
    requirements: Mapping[Name, str] = Field(description=_SETS, examples=_SET_EXAMPLES)
    exporter: Exporter = Field(
        description="the image that makes the models",
        examples=[
            {
                "dockerfile": "dockerfiles/exporter.Dockerfile",
                "base": "slim",
                "requirements": "exporter",
            }
        ],
    )
    models: Mapping[Name, Model] = Field(
        description="torchvision models by the name they have there",
        examples=[{"mobilenet_v2": {"weights": "auto", "seed": 20240611}}],
    )
    workloads: Mapping[WorkloadName, Workload] = Field(
        default={},
        description="what a workload adds to the images",
        examples=[{"train": {"reference": "train-bulky"}}],
    )
    verification: VerificationSettings = Field(
        description="what answers are compared on",
        examples=[{"samples": 40, "tolerances": {"float32": 0.0001}}],
    )


class MatrixContent(Settings):
    """Which images are built, from what, and how they are compared."""

    defaults: Mapping[str, object] = Field(
        default={},
        description="any key of a variant, for all that don't say it themselves",
        examples=[{"model": "mobilenet_v2", "tolerance": "float32"}],
    )
    variants: Mapping[Name, Recipe] = Field(
        min_length=1,
        description="recipes by name; their order is the order of every table",
        examples=[{"slim": {"changed": "small base", "after": "fat", "base": "slim"}}],
    )


class Matrix(Shared):
    """The file for one workload and model, checked; see `builders.aim`.

    Attributes:
        exporter: None where the variants' models are no concern of ours.
        service: how services of the user's own are asked; None for ours.
        folder: where it lies.
        digest: sha256 of its meaning, budgets left out.
        variants: those that have the workload.
        edition: tells its record and pages from those of the usual workload and model, for which
            it is empty.
    """

    exporter: Optional[Exporter] = None
    models: Mapping[Name, Model] = {}
    workloads: Mapping[WorkloadName, Workload] = {}
    verification: VerificationSettings = VerificationSettings(tolerances={})
    service: Optional[Service] = None
    folder: Path
    digest: str
    variants: tuple[Variant, ...]
    workload: Job = "predict"
    edition: str = ""

    @property
    def required_exporter(self) -> Exporter:
        """The exporter, asked for by what makes models; AssertionError where there is none."""
        if self.exporter is None:
            raise AssertionError("a matrix of services of the user's own exports no models")
        return self.exporter

    def variant(self, name: str) -> Variant:
        """The variant of this name; KeyError when there is none."""
        return {variant.name: variant for variant in self.variants}[name]
