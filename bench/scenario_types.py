"""What is measured apart from the cold starts: imports, throughput, pulls; raw, as recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

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
        threads_used: what the runtime says it uses.
        elapsed_ns: service time of each batch: first file read to last ranked answer.
    """

    round: int
    threads: int
    threads_used: int
    batch: int  # pictures that go through the model together
    elapsed_ns: tuple[int, ...]


class PullSample(Frozen):
    """One pull from a registry on loopback onto an engine that holds none of the layers.

    Attributes:
        download_ns, unpack_ns: by the engine's progress events, None where they don't tell; the
            two overlap when several layers are under way.
        compressed_bytes: of the layers that were pulled.
    """

    round: int
    total_ns: int
    download_ns: Optional[int] = None
    unpack_ns: Optional[int] = None
    compressed_bytes: int


class Interpreter(Frozen):
    """The image's Python and its packages, as it describes itself."""

    python: str
    compiler: str
    build_flags: str  # arguments of its `configure`, empty where nothing tells
    packages: Mapping[str, str]
