"""What building hands on: one outcome for each variant, built or failed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Union

from builders.engine import ImageInfo
from builders.errors import SlimbenchError
from builders.matrix import Variant


@dataclass(frozen=True)
class ResolvedBase:
    """A base image in the engine, under our labels, and where it came from."""

    name: str
    image: ImageInfo
    source: Literal["pull", "bootstrap"]
    reference: str  # registry digest, or sha256 of the root file system archive
    reason: str


@dataclass(frozen=True)
class NamedBase:
    """What an image stands on where no base of the matrix is: as a report tells it."""

    source: Literal["dockerfile", "engine"]
    reference: str
    reason: str


@dataclass(frozen=True)
class ModelArtefacts:
    """A model's exported files: `folder` holds those that `manifest` lists, and itself."""

    name: str
    folder: Path
    weights: str
    notice: str
    seed: int
    versions: dict[str, str]
    sha256: dict[str, str]
    size_bytes: dict[str, int]
    preprocessing: dict[str, Any]


@dataclass(frozen=True)
class BuiltImage:
    """A variant's image, ready to inspect and run."""

    variant: Variant
    image: ImageInfo
    tag: str
    base: Union[ResolvedBase, NamedBase]
    context_digest: str
    up_to_date: bool  # True: it was there already and nothing was built
    seconds: float
    log: Path


@dataclass(frozen=True)
class FailedBuild:
    """A variant that couldn't be built, and why; `left_out` where the matrix says that it may."""

    variant: Variant
    error: SlimbenchError
    log: Path
    left_out: bool = False


BuildOutcome = Union[BuiltImage, FailedBuild]
