"""The matrix as frozen values: what `variants.yaml` means once it has been checked.

`builders.matrix_file.load_matrix` reads and checks the file; this module holds the shapes only.
All paths are relative to the folder of the matrix file and stay inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Optional, Union

from pydantic import BaseModel, ConfigDict, Field

BaseSource = Literal["auto", "pull", "bootstrap"]
Runtime = Literal["torchscript", "onnx"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[_-][a-z0-9]+)*$", max_length=64)]


class Frozen(BaseModel):
    """No unknown key, no change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
    """A base image: from a registry, by digest, or made from Debian packages."""

    registry: Optional[str] = Field(default=None, pattern=r"^[^\s@]+@sha256:[0-9a-f]{64}$")
    bootstrap: Optional[Bootstrap] = None


class WeightsFile(Frozen):
    """A state dict of the user's."""

    file: str


Weights = Union[Literal["auto", "pretrained", "seeded"], WeightsFile]


class Model(Frozen):
    """A torchvision model by its name there, and where its weights come from."""

    weights: Weights = "auto"
    seed: int = 0


class Exporter(Frozen):
    """The image that turns models into artefacts."""

    dockerfile: str
    base: Name
    requirements: Name


class Limits(Frozen):
    """What every measured container gets; `memory` is a size such as `2GiB`."""

    cpu_set: str = Field(default="0", pattern=r"^\d+(-\d+)?(,\d+(-\d+)?)*$")
    threads: int = Field(default=1, ge=1)
    memory_bytes: int = Field(default=2 * 1024**3, alias="memory", ge=64 * 1024**2)


class VerificationSettings(Frozen):
    """What answers are compared on, and how close they must be."""

    samples: int = Field(default=12, ge=10)
    top_k: int = Field(default=5, ge=1)
    tolerances: Mapping[str, float]


class MeasurementSettings(Frozen):
    """Counts are per variant (`cold_starts`) or per container (`warmups`, `requests`)."""

    seed: int = 0
    cold_starts: int = Field(default=10, ge=1)
    warmups: int = Field(default=5, ge=0)
    requests: int = Field(default=12, ge=1)


class Variant(Frozen):
    """One recipe: a Dockerfile and what goes into it."""

    name: Name
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


class Matrix(Frozen):
    """The whole file, checked; `folder` is where it lies, `digest` the sha256 of its meaning."""

    folder: Path
    digest: str
    version: Literal[1]
    reference: Name
    base_source: BaseSource = "auto"
    bases: Mapping[Name, Base]
    requirements: Mapping[Name, str]
    exporter: Exporter
    models: Mapping[Name, Model]
    limits: Limits = Limits()
    verification: VerificationSettings
    measurement: MeasurementSettings = MeasurementSettings()
    variants: tuple[Variant, ...]

    def variant(self, name: str) -> Variant:
        """The variant of this name; KeyError when there is none."""
        return {variant.name: variant for variant in self.variants}[name]
