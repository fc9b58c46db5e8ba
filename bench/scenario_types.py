"""What is measured apart from the cold starts: imports, throughput, pulls; raw, as recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Optional

from bench.condition_types import Frozen


class ImportRun(Frozen):
    """One start with `-X importtime`, which slows it down: never one of the timed ones.

    Attributes:
        self_ns: own time of each top module, its submodules included; they sum to the whole.
    """

    self_ns: Mapping[str, int]


class ThroughputSample(Frozen):
    """Batches of one size, one after the other, in a container with this many threads.

    Attributes:
        round: place in the rounds.
        threads: that were asked for.
        threads_used: what the runtime says it uses.
        cpu_set: the CPUs that the container had.
        batch: pictures that go through the model together.
        elapsed_ns: service time of each batch: first file read to last ranked answer.
    """

    round: int
    threads: int
    threads_used: int
    cpu_set: str
    batch: int
    elapsed_ns: tuple[int, ...]


class PulledLayer(Frozen):
    """A layer as it came; `unpack_ns` is None where the engine's events don't tell.

    Attributes:
        compressed_bytes: what went over the line.
        unpack_ns: None where the engine's events don't tell.
    """

    compressed_bytes: int
    unpack_ns: Optional[int] = None


class PullSample(Frozen):
    """One pull from a registry on loopback onto an engine that holds none of the layers.

    Attributes:
        round: place in the rounds.
        total_ns: pull call to the engine's last event.
        download_ns: first layer announced to last download complete, by the engine's events.
        unpack_ns: the layers' times together, which come one after the other. It overlaps with the
            download where there are several layers.
        layers: those that were pulled, lowest first; one that comes twice is fetched once.
        storage_driver: of the engine that they were pulled onto.
    """

    round: int
    total_ns: int
    download_ns: Optional[int] = None
    unpack_ns: Optional[int] = None
    layers: tuple[PulledLayer, ...]
    storage_driver: str

    @property
    def compressed_bytes(self) -> int:
        """What went over the line."""
        return sum(layer.compressed_bytes for layer in self.layers)


class Missing(Frozen):
    """Something that a row lacks, and why.

    Attributes:
        what: the part of the row that stays empty.
        reason: why, in one sentence.
        failed: it went wrong; otherwise it can't be had on this machine.
        threads: of throughput with so many threads alone; None where all of it is missing.
    """

    what: Literal["imports", "throughput", "pulls", "starts", "load"]
    reason: str
    failed: bool
    threads: Optional[int] = None


class Interpreter(Frozen):
    """The image's Python and its packages, as it describes itself.

    Attributes:
        python: its version.
        compiler: what it was compiled with.
        build_flags: arguments of its `configure`, empty where nothing tells.
        packages: version by name.
    """

    python: str
    compiler: str
    build_flags: str
    packages: Mapping[str, str]
