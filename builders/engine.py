"""The seam to the container engine: what slimbench asks of it, as values and one protocol.

`builders.docker_engine.DockerEngine` is the real one, `builders.fake_engine.FakeEngine` keeps
everything in memory; `tests/test_engine_contract.py` runs the same cases on both.
Every method may raise `EngineUnavailable`; the others it raises are named at the method.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Protocol

from builders.container_stream import ContainerStream
from builders.image_exchange import ImageExchange
from builders.own_images import OwnImages


@dataclass(frozen=True)
class EngineInfo:
    """What the engine says of itself and its machine."""

    version: str
    api_version: str
    storage_driver: str
    cgroup_version: str
    kernel: str
    operating_system: str
    cpus: int
    memory_bytes: int
    root_dir: str
    shares_host_kernel: bool  # False: the engine runs in a virtual machine or on another host
    runtimes: tuple[str, ...] = ()  # names such as runc and nvidia


@dataclass(frozen=True)
class HistoryEntry:
    """One line of an image's history, oldest first; `empty` ones made no layer."""

    created_by: str
    empty: bool


@dataclass(frozen=True)
class ImageInfo:
    """An image as its configuration describes it.

    Attributes:
        image_id: `sha256:...` of the configuration.
        diff_ids: digests of the uncompressed layer archives, lowest first.
        engine_size_bytes: the size the engine reports; its meaning depends on the image store.
    """

    image_id: str
    tags: tuple[str, ...]
    repo_digests: tuple[str, ...]
    diff_ids: tuple[str, ...]
    history: tuple[HistoryEntry, ...]
    labels: Mapping[str, str]
    environment: tuple[str, ...]
    entrypoint: tuple[str, ...]
    user: str
    engine_size_bytes: int


@dataclass(frozen=True)
class BuildRequest:
    """One `docker build`: the context archive on disk holds the Dockerfile too.

    An image with any label also gets its tag as `labels.TAG`: by it alone is it told from a user's
    image made from it, which inherits the labels.
    """

    context: Path
    dockerfile: str
    tag: str  # `NAME:VERSION`
    labels: Mapping[str, str]
    build_args: Mapping[str, str] = field(default_factory=dict)
    network: Optional[str] = None


@dataclass(frozen=True)
class Mount:
    """A folder or file of the host seen in the container."""

    source: Path
    target: str
    read_only: bool = True


@dataclass(frozen=True)
class ContainerSpec:
    """One container; no capability, privilege or port is ever added.

    Attributes:
        entrypoint: None for the image's own.
        interactive: keep standard input open.
        read_only_root: nothing of its file system may be written but `tmpfs`, folders in memory.
        gpus: all GPUs of the engine's machine, which needs its runtime `nvidia`.
        usual_capabilities: those that `docker run` leaves to a container, instead of none.
    """

    image: str
    command: tuple[str, ...]
    labels: Mapping[str, str]
    entrypoint: Optional[tuple[str, ...]] = None
    name: Optional[str] = None
    network: str = "none"
    network_alias: Optional[str] = None
    mounts: tuple[Mount, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    user: Optional[str] = None
    cpu_set: Optional[str] = None
    memory_bytes: Optional[int] = None
    interactive: bool = False
    read_only_root: bool = False
    tmpfs: tuple[str, ...] = ()
    gpus: bool = False
    usual_capabilities: bool = False


@dataclass(frozen=True)
class ContainerState:
    """A container's state; `started_at_ns` is the engine's wall clock, 0 before the start.

    `pid` is its first process as the engine's machine numbers it, 0 while none runs. `address` is
    its IP address on its network, empty without one and while it doesn't run.
    """

    running: bool
    exit_code: int
    started_at_ns: int
    finished_at_ns: int
    oom_killed: bool
    error: str
    pid: int = 0
    address: str = ""


@dataclass(frozen=True)
class MemoryReading:
    """What `docker stats` shows at a moment: memory charged to a container, idle cache left out."""

    used_bytes: int
    read_at_ns: int  # CLOCK_MONOTONIC of this process


@dataclass(frozen=True)
class Removed:
    """What `remove_labelled` took away."""

    containers: int
    networks: int
    images: int
    size_bytes: int  # sum of the layer sizes that no remaining image shares, as the engine counts


class Engine(ImageExchange[ImageInfo], OwnImages, Protocol):
    """A container engine; references are tags, digests or ids."""

    def info(self) -> EngineInfo:
        """Who answers."""

    def image(self, reference: str) -> Optional[ImageInfo]:
        """The image, or None when the engine doesn't hold it."""

    def images(self, labels: Mapping[str, str]) -> tuple[ImageInfo, ...]:
        """Tagged images that carry all these labels; an empty value matches any."""

    def tags(self) -> tuple[str, ...]:
        """Names of all images, sorted."""

    def build(self, request: BuildRequest, log: Callable[[str], None]) -> ImageInfo:
        """Build and tag; each line of output goes to `log`; raises BuildFailed."""

    def save(self, images: Sequence[str]) -> Iterator[bytes]:
        """One `docker save` archive of the images, in chunks; raises ImageNotFound.

        A layer that several of them have is in it once.
        """

    def create(self, spec: ContainerSpec) -> str:
        """Create a container and return its id; raises ImageNotFound or EngineError."""

    def attach(self, container: str) -> ContainerStream:
        """Attach to a created container's streams."""

    def start(self, container: str) -> None:
        """Start it; raises EngineError when its command can't be started."""

    def wait(self, container: str, timeout_s: float) -> ContainerState:
        """Wait for its end; raises SessionFailed when it runs longer."""

    def state(self, container: str) -> ContainerState:
        """Its state now."""

    def signal(self, container: str, name: str) -> None:
        """Send its first process a signal such as SIGTERM; raises EngineError unless it runs."""

    def memory_statistics(self, container: str) -> Iterator[MemoryReading]:
        """A reading about once a second until the container ends."""

    def logs(self, container: str) -> str:
        """Everything it wrote so far, both streams together."""

    def remove(self, container: str) -> None:
        """Kill and remove it; a container that is gone already is no error."""

    def create_network(self, name: str, labels: Mapping[str, str]) -> None:
        """Create a bridge network; one of this name that carries these labels is reused."""

    def remove_network(self, name: str) -> None:
        """Remove it; one that is gone already is no error."""

    def label_values(self, key: str) -> frozenset[str]:
        """What a label says on the containers and networks of this toolkit."""

    def remove_labelled(self, labels: Mapping[str, str]) -> Removed:
        """Remove all containers, networks and images (untagged stages too) with these labels.

        Of a tagged image only the tag it was built as goes; it stays while it has another one.
        """
