"""The matrix as frozen values: what `variants.yaml` means once it has been checked.

`builders.matrix_file.load_matrix` reads and checks the file; this module holds the shapes only.
All paths are relative to the folder of the matrix file and stay inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Optional, Union

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from builders.matrix_values import Count, Frozen, Seed
from builders.measurement_settings import MeasurementSettings
from builders.own_service import Service
from builders.units import size_bytes
from builders.verification_settings import VerificationSettings

BaseSource = Literal["auto", "pull", "bootstrap"]
Runtime = Literal["torchscript", "onnx", "onnx-int8", "torch"]
WorkloadName = Literal["predict", "serve", "train"]
Job = Literal["predict", "serve", "train", "http", "command"]
Device = Literal["cpu", "cuda"]

_NAME = r"^[a-z0-9]+(?:[_-][a-z0-9]+)*$"
_REGISTRY = r"^[^\s@]+@sha256:[0-9a-f]{64}$"
_CPU_SET = r"^\d+(-\d+)?(,\d+(-\d+)?)*$"
PATTERN_WORDS: Mapping[str, str] = {
    _NAME: "made of lower case letters and digits, with single '-' or '_' between them",
    _REGISTRY: "pinned by digest, as in NAME:TAG@sha256: and 64 hexadecimal digits",
    _CPU_SET: "a list of CPU numbers such as '0', '0-3' or '0,2'",
}


WHOLE_FOLDER = (".",)
Name = Annotated[str, Field(pattern=_NAME, max_length=64)]


class Bootstrap(Frozen):
    """A recipe for mmdebstrap; paths that match `exclude` and not `keep` are left out."""

    suite: str
    variant: Literal["minbase", "extract"] = Field(
        description="minbase has dpkg and apt; extract only unpacks the packages"
    )
    packages: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()


class Base(Frozen):
    """A base image: from a registry, by digest, or made from Debian packages.

    Attributes:
        optional: where it can't be had since no registry answers, what stands on it is left out.
    """

    registry: Optional[str] = Field(default=None, pattern=_REGISTRY)
    bootstrap: Optional[Bootstrap] = None
    optional: Annotated[bool, Field(strict=True)] = False


class WeightsFile(Frozen):
    """A state dict of the user's."""

    file: str


def _weights_kind(weights: object) -> str:
    return "<file>" if isinstance(weights, (Mapping, WeightsFile)) else "<word>"


Weights = Annotated[
    Union[
        Annotated[Literal["auto", "pretrained", "seeded"], Tag("<word>")],
        Annotated[WeightsFile, Tag("<file>")],
    ],
    Discriminator(_weights_kind),
]


class Model(Frozen):
    """A torchvision model by its name there, and where its weights come from."""

    weights: Weights = "auto"
    seed: Seed = 0


class Exporter(Frozen):
    """The image that turns models into artefacts."""

    dockerfile: str
    base: Name
    requirements: Name
    context: tuple[str, ...] = ("inference",)


def _memory_bytes(size: object) -> int:
    memory = size_bytes(size)
    if memory < 64 * 1024**2:
        raise ValueError("must be at least 64MiB: with less, Python itself hardly starts")
    return memory


class Limits(Frozen):
    """What every measured container gets; `memory` is a size such as `2GiB`."""

    cpu_set: str = Field(default="0", pattern=_CPU_SET)
    threads: Count = Field(default=1, ge=1)
    memory_bytes: Annotated[int, BeforeValidator(_memory_bytes)] = Field(
        default=2 * 1024**3, alias="memory"
    )


class Workload(Frozen):
    """What one workload adds to every variant that has it.

    Attributes:
        dockerfile: builds its image from the variant's own, whose tag is the argument `RUNG`;
            None where that one does.
        build_base: for a build stage of that Dockerfile.
        requirements: what it installs.
        context: what it may copy.
        reference: the variant that the others are compared with; None for the matrix's.
    """

    dockerfile: Optional[str] = None
    build_base: Optional[Name] = None
    requirements: Optional[Name] = None
    context: tuple[str, ...] = ()
    reference: Optional[Name] = None

    @model_validator(mode="after")
    def _needs_its_set(self) -> Workload:
        if self.dockerfile is not None and self.requirements is None:
            raise ValueError("has a 'dockerfile', and so needs 'requirements' too")
        return self


class Recipe(Frozen):
    """A Dockerfile and what goes into it.

    Attributes:
        workloads: what its image is asked to do; a workload of its own Dockerfile is built on it.
        device: what it computes on.
        gpu_fallback: whether it may use the CPU where there is no GPU.
    """

    changed: str
    after: Optional[Name] = None
    dockerfile: str
    base: Name
    build_base: Optional[Name] = None
    requirements: Name
    runtime: Runtime
    model: Name
    tolerance: str
    context: tuple[str, ...]
    disk_bytes: Annotated[int, BeforeValidator(size_bytes)] = Field(
        default=4 * 1024**3, alias="disk", description="what building it takes, wheels included"
    )
    workloads: tuple[WorkloadName, ...] = Field(default=("predict",), min_length=1)
    device: Device = "cpu"
    gpu_fallback: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _falls_back_from_a_gpu(self) -> Recipe:
        if self.gpu_fallback and self.device != "cuda":
            raise ValueError("has 'gpu_fallback', which says nothing without 'device: cuda'")
        return self


class Variant(Frozen):
    """A recipe under its name, for one workload; what its kind of recipe has none of is empty.

    Attributes:
        base: empty where the Dockerfile names its own.
        context: `WHOLE_FOLDER` for all that `.dockerignore` leaves.
        image: in the engine already, so that nothing is built.
        project: the folder's name, in the image's name where the service is the user's own.
        edition: tells its image from its others.
    """

    name: Name
    changed: str
    after: Optional[Name] = None
    dockerfile: str = ""
    base: str = ""
    build_base: Optional[Name] = None
    requirements: str = ""
    runtime: str = ""
    model: str = ""
    tolerance: str = ""
    context: tuple[str, ...] = ()
    disk_bytes: int = Field(alias="disk")
    workloads: tuple[WorkloadName, ...] = ()
    device: Device = "cpu"
    gpu_fallback: bool = False
    image: str = ""
    build_args: Mapping[str, str] = {}
    project: str = ""
    workload: Job = "predict"
    edition: str = "latest"


class Shared(Frozen):
    """What every matrix may say, whatever runs in its images."""

    version: Literal[1]
    reference: Name
    base_source: BaseSource = "auto"
    bases: Mapping[Name, Base] = {}
    requirements: Mapping[Name, str] = {}
    limits: Limits = Limits()
    measurement: MeasurementSettings = MeasurementSettings()


class Settings(Shared):
    """Everything but the variants, where they hold one of the exporter's models."""

    bases: Mapping[Name, Base]
    requirements: Mapping[Name, str]
    exporter: Exporter
    models: Mapping[Name, Model]
    workloads: Mapping[WorkloadName, Workload] = {}
    verification: VerificationSettings


class MatrixContent(Settings):
    """The file as it is written, with `defaults` already filled in at each variant."""

    defaults: Mapping[str, object] = {}
    variants: Mapping[Name, Recipe] = Field(min_length=1)


class Matrix(Shared):
    """The file for one workload and model, checked; see `builders.aim`.

    Attributes:
        exporter: None where the variants' models are no concern of ours.
        service: how services of the user's own are asked; None for ours.
        folder: where it lies.
        digest: sha256 of its meaning.
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
