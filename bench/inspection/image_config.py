"""An image's configuration, from the JSON its id is the digest of (OCI image specification)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Optional

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bench.inspection.archive_stream import broken


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class HistoryLine(_Lenient):
    """One step, oldest first; an empty one made no layer."""

    created_by: str = ""
    empty_layer: bool = False


class RunSettings(_Lenient):
    """How a container of it starts."""

    user: str = Field("", alias="User")
    environment: Optional[tuple[str, ...]] = Field(None, alias="Env")
    entrypoint: Optional[tuple[str, ...]] = Field(None, alias="Entrypoint")
    command: Optional[tuple[str, ...]] = Field(None, alias="Cmd")
    working_folder: str = Field("", alias="WorkingDir")
    exposed_ports: Optional[Mapping[str, Any]] = Field(None, alias="ExposedPorts")
    volumes: Optional[Mapping[str, Any]] = Field(None, alias="Volumes")
    labels: Optional[Mapping[str, str]] = Field(None, alias="Labels")


class _RootFileSystem(_Lenient):
    diff_ids: Optional[tuple[str, ...]] = None


class ImageConfig(_Lenient):
    """What the engine runs it by; `run` has the values that a container starts with."""

    architecture: str = ""
    os: str = ""
    variant: str = ""
    created: Optional[str] = None
    run: Optional[RunSettings] = Field(None, alias="config")
    history: Optional[tuple[HistoryLine, ...]] = None
    rootfs: _RootFileSystem = _RootFileSystem()

    @property
    def diff_ids(self) -> tuple[str, ...]:
        """Digests of the uncompressed layer archives, lowest first."""
        return self.rootfs.diff_ids or ()

    @property
    def settings(self) -> RunSettings:
        """`run`, or its defaults."""
        return self.run or RunSettings.model_validate({})


def parse_config(text: bytes, where: str) -> ImageConfig:
    """Read a configuration; raises EngineError when it is none."""
    try:
        return ImageConfig.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        what = f"the image's configuration can't be read ({place}: {first['msg']})"
        raise broken(what, where) from error


def config_digest(text: bytes) -> str:
    """The image id that an engine gives it."""
    return f"sha256:{hashlib.sha256(text).hexdigest()}"
