"""What a run was taken under: the machine, what was asked of every container, the models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Union

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """No unknown key, no change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Environment(Frozen):
    """Where it was measured; differing environments are not compared.

    Attributes:
        slimbench: its version.
        python: the version that ran it.
        cpu_model: the processor's name.
        cpus: how many there are.
        memory_bytes: of the machine.
        kernel: its release.
        operating_system: as the engine tells it.
        engine: its version.
        storage_driver: of the engine.
        cgroup_version: as the engine tells it.
        shares_host_kernel: whether containers have the host's clock and can be read from it.
        governor: what sets the speed of the first measured CPU; empty where nothing tells.
        hypervisor: what runs this machine, `unnamed` where only its presence is told; else empty.
    """

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
    governor: str = ""
    hypervisor: str = ""


class Conditions(Frozen):
    """What was asked for, the same for every variant; the matrix's words, or the command's.

    Attributes:
        cpu_set: the CPUs of each container.
        threads: of each runtime.
        memory_bytes: limit of each container.
        network: what each container was connected to.
        seed: of the order in each round, and of the intervals that rounds are ended by.
        fewest_cold_starts: of each variant, which is the number of rounds.
        most_cold_starts: of each variant, after which it ends in any case.
        precision: half-width of a median's 95 % interval as a share of the median.
        max_time_s: no round begins after it.
        page_cache: `cold` is emptied before each cold start.
        reference_twice: whether the reference took part under a second name (A/A).
        warmups: requests in each container that aren't counted.
        requests: counted requests in each container.
    """

    cpu_set: str
    threads: int
    memory_bytes: int
    network: str
    seed: int
    fewest_cold_starts: int
    most_cold_starts: int
    precision: float
    max_time_s: float
    page_cache: Literal["warm", "cold"]
    reference_twice: bool
    warmups: int
    requests: int


class ModelFact(Frozen):
    """The exported model, from its manifest.

    Attributes:
        name: torchvision's.
        weights: pretrained, seeded or file.
        notice: what every reader must know of the labels; empty when they mean something.
        seed: of seeded weights.
        versions: of what exported it, by name.
        sha256: of each artefact, by file name.
        size_bytes: of each artefact, by its name; empty in records of earlier slimbenches.
        preprocessing: from a picture to the model's input, as docs/preprocessing.md has it.
    """

    name: str
    weights: str
    notice: str
    seed: int
    versions: Mapping[str, str]
    sha256: Mapping[str, str]
    size_bytes: Mapping[str, int] = {}
    preprocessing: Mapping[str, Union[int, float, str, tuple[float, ...]]] = {}
