"""A variant: its recipe as the matrix has it, and as all stages know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Optional

from pydantic import Field, model_validator

from builders.matrix_values import Flag, Frozen, Name, Size
from builders.workload_settings import Job, WorkloadName

Runtime = Literal["torchscript", "onnx", "onnx-int8", "torch"]
Device = Literal["cpu", "cuda"]


class Recipe(Frozen):
    """A Dockerfile and what goes into it."""

    changed: str = Field(
        description="what this rung changes, in a few words", examples=["no CUDA", "small base"]
    )
    after: Optional[Name] = Field(
        default=None,
        description="the variant that it changes in one thing; without it, it begins a ladder",
        examples=["slim"],
    )
    dockerfile: str = Field(
        description="path of the Dockerfile; left out, `dockerfiles/NAME.Dockerfile`",
        examples=["service/Dockerfile"],
    )
    base: Name = Field(description="one of `bases`", examples=["slim"])
    build_base: Optional[Name] = Field(
        default=None, description="one of `bases`, for a build stage", examples=["full"]
    )
    requirements: Name = Field(description="one of `requirements`", examples=["onnx"])
    runtime: Runtime = Field(
        description="`torchscript`, `onnx`, `onnx-int8` (the quantised model), or `torch`, which"
        " loads no model and is for training",
        examples=["onnx"],
    )
    model: Name = Field(
        description="one of `models`. All variants must have the model of the reference, since"
        " answers are compared on its samples",
        examples=["mobilenet_v2"],
    )
    tolerance: str = Field(description="one of `verification.tolerances`", examples=["float32"])
    context: tuple[str, ...] = Field(
        description="list of the files and folders, or patterns such as `service/*.py`, that the"
        " Dockerfile may copy, beside itself, the requirement set and the model",
        examples=[["inference/*.py", "dockerfiles/prune.py"]],
    )
    disk_bytes: Size = Field(
        default=4 * 1024**3,
        alias="disk",
        description="a size: what building takes, wheels included; checked before it begins",
        examples=["2GiB", "12GiB"],
        json_schema_extra={"default": "4GiB"},
    )
    workloads: tuple[WorkloadName, ...] = Field(
        default=("predict",),
        min_length=1,
        description="what its images are asked to do: `predict`, `serve`, `train`",
        examples=[["predict", "serve"]],
    )
    device: Device = Field(
        default="cpu", description="`cpu` or `cuda`: what it computes on", examples=["cuda"]
    )
    gpu_fallback: Flag = Field(
        default=False,
        description="whether it may use the CPU where there is no GPU; the report says so",
        examples=[True],
    )

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
