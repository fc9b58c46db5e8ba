"""What a run was taken under: the machine, what was asked of every container, the models."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """No unknown key, no change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Environment(Frozen):
    """Where it was measured; differing environments are not compared."""

    slimbench: str
    python: str
    cpu_model: str
    cpus: int
    memory_bytes: int
    kernel: str
    operating_system: str
    engine: str
    storage_driver: str
    cgroup_version: str
    shares_host_kernel: bool


class Conditions(Frozen):
    """What was asked for, the same for every variant."""

    cpu_set: str
    threads: int
    memory_bytes: int
    network: str
    seed: int
    rounds: int
    warmups: int
    requests: int


class ModelFact(Frozen):
    """The exported model, from its manifest."""

    name: str
    weights: str  # pretrained, seeded or file
    notice: str  # what every reader must know of the labels; empty when they mean something
    seed: int
    versions: Mapping[str, str]
    sha256: Mapping[str, str]  # artefact file name to digest
