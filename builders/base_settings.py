"""Base images; part of the matrix, see `builders.matrix`."""

from __future__ import annotations

from typing import Literal, Optional

from pydantic import ConfigDict, Field

from builders.matrix_values import Flag, Frozen, PinnedImage

BaseSource = Literal["auto", "pull", "bootstrap"]


class Bootstrap(Frozen):
    """A recipe for mmdebstrap; paths that match `exclude` and not `keep` are left out."""

    suite: str = Field(description="the Debian release", examples=["bookworm"])
    variant: Literal["minbase", "extract"] = Field(
        description="`minbase` has dpkg and apt; `extract` only unpacks the packages",
        examples=["minbase", "extract"],
    )
    packages: tuple[str, ...] = Field(
        description="a list of Debian packages",
        examples=[["python3", "python3-venv", "ca-certificates"]],
    )
    exclude: tuple[str, ...] = Field(
        default=(),
        description="path patterns that are left out of the image",
        examples=[["/usr/share/doc/*", "/usr/share/man/*"]],
    )
    keep: tuple[str, ...] = Field(
        default=(),
        description="paths that stay although `exclude` matches them",
        examples=[["/usr/bin/python3"]],
    )


class Base(Frozen):
    """A base image: from a registry, by digest, or made from Debian packages; or either."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["registry"]}, {"required": ["bootstrap"]}]}
    )
    registry: Optional[PinnedImage] = Field(
        default=None,
        description="an image pinned by digest, `NAME:TAG@sha256:...`; without it, it can't be"
        " pulled",
        examples=[f"docker.io/library/python:3.11-slim-bookworm@sha256:{'0123456789abcdef' * 4}"],
    )
    bootstrap: Optional[Bootstrap] = Field(
        default=None,
        description="how it is made from Debian packages with mmdebstrap; without it, it can only"
        " be pulled",
        examples=[{"suite": "bookworm", "variant": "minbase", "packages": ["python3"]}],
    )
    optional: Flag = Field(
        default=False,
        description="whether its variants may be left out where it can't be had since no registry"
        " answers: their rows say why, and the command doesn't fail for it",
        examples=[True],
    )
