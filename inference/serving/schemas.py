"""What the API page says of answers; answers themselves are written as JSON without these."""

from __future__ import annotations

from typing import Any, Optional, Union

from pydantic import BaseModel, ConfigDict, Field

MAX_TOP = 1000


class _Schema(BaseModel):
    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class RankedClass(_Schema):
    """One class of a picture."""

    rank: int = Field(ge=1)
    class_id: int = Field(ge=0)
    label: str
    prob: float = Field(ge=0, le=1)


class PictureClasses(_Schema):
    """The most probable class of a picture, and the next ones."""

    class_id: int = Field(ge=0)
    confidence: float = Field(ge=0, le=1)
    label: str
    top: list[RankedClass]


class _Timed(_Schema):
    processing_time: float = Field(
        ge=0, description="seconds from the whole upload to the answer, waiting included"
    )
    gpu_utilization: Optional[float] = Field(description="per cent; null without a GPU")


class Prediction(PictureClasses, _Timed):
    """The answer for one picture."""


class Predictions(_Timed):
    """The answer for several pictures, in their order."""

    predictions: list[PictureClasses]


class Health(_Schema):
    """What runs here; the model's fields are absent while it is being loaded."""

    status: str = Field(description="ok, loading or draining")
    model_loaded: bool
    gpu_available: bool
    model: Optional[str] = None
    backend: Optional[str] = Field(None, description="onnx or torchscript")
    version: Optional[str] = Field(None, description="the runtime's name and version")
    device: Optional[str] = Field(None, description="cpu or cuda")
    fallback: Optional[str] = Field(None, description="why it isn't the GPU that was asked for")
    weights: Optional[str] = Field(None, description="pretrained, seeded or file")
    threads: Optional[int] = None


class Status(_Schema):
    """One word."""

    status: str


class Greeting(_Schema):
    """That the service runs."""

    service: str
    message: str


class ErrorDetails(_Schema):
    """What was wrong."""

    code: str
    message: str


class ErrorAnswer(_Schema):
    """Every answer that is an error."""

    error: ErrorDetails


PREDICTED: dict[str, Any] = {
    "model": Union[Prediction, Predictions],
    "description": "The classes: one object for one file, a list for several",
}
MEANINGS = {
    400: "No valid request, or cut off",
    404: "There is no such picture",
    408: "It took too long to arrive",
    413: "Too large",
    415: "No picture that can be read, or no multipart form",
    422: "A value or a file is missing, empty or out of range",
    500: "The runtime failed",
    503: "Loading, draining or busy: try again later",
}


def errors(*statuses: int) -> dict[Union[int, str], dict[str, Any]]:
    """The error answers of an operation."""
    return {one: {"model": ErrorAnswer, "description": MEANINGS[one]} for one in statuses}


def upload_body(max_files: int) -> dict[str, Any]:
    """The request body of /predict, which is not read by FastAPI."""
    files = {
        "type": "array",
        "items": {"type": "string", "format": "binary"},
        "minItems": 1,
        "maxItems": max_files,
        "description": "JPEG, PNG, WebP, TIFF, BMP, GIF or PPM",
    }
    schema = {"type": "object", "properties": {"file": files}, "required": ["file"]}
    return {
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    }
