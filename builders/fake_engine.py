"""The in-memory engine: public, deterministic, without processes, so that every rule can be tested.

It passes the same cases as the real one (`tests/test_engine_contract.py`), and notes its calls.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from builders.engine import (
    BuildRequest,
    ContainerSpec,
    ContainerState,
    ContainerStream,
    EngineInfo,
    HistoryEntry,
    ImageInfo,
    Removed,
)
from builders.engine_networks import foreign_network
from builders.errors import EngineError, ImageNotFound, RegistryUnreachable, SessionFailed
from builders.fake_build import FakeBuild
from builders.fake_container import Clock, FakeContainer, FakeStream, Program
from builders.fake_images import FakeImage, archive
from builders.fake_store import FakeStore, carries, full_name
from builders.labels import require_labels

BUILT_IN_NETWORKS = ("none", "bridge", "host")
FAKE_INFO = EngineInfo(
    version="20.10.24",
    api_version="1.41",
    storage_driver="overlay2",
    cgroup_version="2",
    kernel="6.1.0",
    operating_system="Debian GNU/Linux 12 (bookworm)",
    cpus=2,
    memory_bytes=8 * 1024**3,
    root_dir="/var/lib/docker",
    shares_host_kernel=True,
)


@dataclass(frozen=True)
class _Held:
    """A container in the engine; someone else's is never removed by label."""

    container: FakeContainer
    image_id: str
    labels: Mapping[str, str]
    ours: bool


class FakeEngine:
    """`builders.engine.Engine` in memory.

    Args:
        programs: what a container runs, by a reference of its image or of one it was tagged as.
        registry: images that can be pulled, by reference; None when no registry answers.
        info: what the engine says of itself.
        clock: `time.monotonic_ns` or a test's own.
        wall_clock: `time.time_ns` or a test's own.

    Attributes:
        calls: every call's name and its main argument, in order.
    """

    def __init__(
        self,
        programs: Optional[Mapping[str, Program]] = None,
        *,
        registry: Optional[Mapping[str, FakeImage]] = None,
        info: EngineInfo = FAKE_INFO,
        clock: Clock = time.monotonic_ns,
        wall_clock: Clock = time.time_ns,
    ) -> None:
        self.calls: list[tuple[str, object]] = []
        self._programs = {full_name(name): program for name, program in (programs or {}).items()}
        self._registry = registry
        self._info = info
        self._clocks = (clock, wall_clock)
        self._store = FakeStore()
        self._containers: dict[str, _Held] = {}
        self._networks: dict[str, Mapping[str, str]] = {}
        self._cached_steps: set[str] = set()
        self._numbers = itertools.count(1)

    def add_image(
        self,
        reference: str,
        *,
        layers: Sequence[Mapping[str, bytes]] = (),
        labels: Optional[Mapping[str, str]] = None,
    ) -> ImageInfo:
        """Put an image into the engine whose layers hold these files (path to content)."""
        archives = tuple(archive(files) for files in layers)
        history = tuple(HistoryEntry(f"ADD layer {n}", empty=False) for n in range(len(layers)))
        image = FakeImage(layers=archives, history=history, labels=labels or {})
        return self._store.keep(image, reference)

    def use_elsewhere(self, image: str) -> str:
        """A container of someone else's, made from this image; its id."""
        return self._hold(ContainerSpec(image=image, command=(), labels={}), ours=False)

    def info(self) -> EngineInfo:
        """Who answers."""
        return self._info

    def image(self, reference: str) -> Optional[ImageInfo]:
        """The image, or None when the engine doesn't hold it."""
        found = self._store.find(reference)
        return self._store.described(found) if found is not None else None

    def images(self, labels: Mapping[str, str]) -> tuple[ImageInfo, ...]:
        """Tagged images that carry all these labels; an empty value matches any."""
        described = [self._store.described(image) for image in self._store.labelled(labels)]
        return tuple(image for image in described if image.tags)

    def pull(self, reference: str) -> ImageInfo:
        """Pull; raises RegistryUnreachable or ImageNotFound."""
        self.calls.append(("pull", reference))
        if self._registry is None:
            raise RegistryUnreachable("no registry answers", where=reference)
        if reference not in self._registry:
            raise ImageNotFound("the registry holds no such image", where=reference)
        return self._store.keep(self._registry[reference], reference)

    def tag(self, image: str, tag: str) -> None:
        """Give an image one more name; raises ImageNotFound."""
        self.calls.append(("tag", (image, tag)))
        self._store.keep(self._store.require(image), tag)

    def build(self, request: BuildRequest, log: Callable[[str], None]) -> ImageInfo:
        """Build and tag; each line of output goes to `log`; raises BuildFailed."""
        self.calls.append(("build", request))
        build = FakeBuild(request, self._store.find, self._cached_steps, log)
        build.run()
        for stage in build.stages:
            self._store.keep(stage)
        return self._store.keep(build.stages[-1], request.tag)

    def save(self, image: str) -> Iterator[bytes]:
        """The image as a `docker save` archive; raises ImageNotFound."""
        self.calls.append(("save", image))
        found = self._store.require(image)
        return iter([found.saved(self._store.described(found).tags)])

    def create(self, spec: ContainerSpec) -> str:
        """Create a container and return its id; raises ImageNotFound or EngineError."""
        self.calls.append(("create", spec))
        return self._hold(spec, ours=True)

    def attach(self, container: str) -> ContainerStream:
        """Attach to a created container's streams."""
        return FakeStream(self._held(container).container)

    def start(self, container: str) -> None:
        """Start it; raises EngineError when its image has no program."""
        self.calls.append(("start", container))
        held = self._held(container)
        network = held.container.spec.network
        if network not in self._networks and network not in BUILT_IN_NETWORKS:
            raise EngineError(f"network {network} not found", where=container)
        held.container.start(self._program(held))

    def wait(self, container: str, timeout_s: float) -> ContainerState:
        """Wait for its end; raises SessionFailed at once where it would run on."""
        state = self.state(container)
        if state.running:
            raise SessionFailed(f"it still runs after {timeout_s:g} s", where=container)
        return state

    def state(self, container: str) -> ContainerState:
        """Its state now."""
        return self._held(container).container.state()

    def logs(self, container: str) -> str:
        """Everything it wrote so far, both streams together."""
        return "".join(f"{line.text}\n" for line in self._held(container).container.lines)

    def remove(self, container: str) -> None:
        """Kill and remove it; a container that is gone already is no error."""
        self.calls.append(("remove", container))
        held = self._containers.pop(container, None)
        if held is not None:
            held.container.kill()

    def create_network(self, name: str, labels: Mapping[str, str]) -> None:
        """Create a bridge network; one of this name that carries these labels is reused."""
        self.calls.append(("create_network", name))
        if not labels.items() <= self._networks.setdefault(name, dict(labels)).items():
            raise foreign_network(name)

    def remove_network(self, name: str) -> None:
        """Remove it; one that is gone already is no error."""
        self.calls.append(("remove_network", name))
        self._networks.pop(name, None)

    def remove_labelled(self, labels: Mapping[str, str]) -> Removed:
        """Remove all containers, networks and images (untagged stages too) with these labels."""
        require_labels(labels)
        self.calls.append(("remove_labelled", dict(labels)))
        ours = {name: held for name, held in self._containers.items() if held.ours}
        containers = [name for name, held in ours.items() if carries(held.labels, labels)]
        for name in containers:
            self.remove(name)
        networks = [name for name, own in self._networks.items() if carries(own, labels)]
        for name in networks:
            del self._networks[name]
        used = {held.image_id for held in self._all()}
        images, size_bytes = self._store.remove_labelled(labels, used)
        return Removed(len(containers), len(networks), images, size_bytes)

    def _hold(self, spec: ContainerSpec, *, ours: bool) -> str:
        image = self._store.require(spec.image)
        if spec.name and spec.name in [held.container.spec.name for held in self._all()]:
            raise EngineError("a container of this name exists already", where=spec.name)
        labels = {**image.labels, **spec.labels}  # a container inherits its image's labels
        container = FakeContainer(spec, *self._clocks)
        name = f"{next(self._numbers):064x}"
        self._containers[name] = _Held(container, image.image_id, labels, ours)
        return name

    def _all(self) -> list[_Held]:
        return list(self._containers.values())

    def _held(self, container: str) -> _Held:
        if container not in self._containers:
            raise EngineError("no such container", where=container)
        return self._containers[container]

    def _program(self, held: _Held) -> Program:
        for name in [full_name(held.container.spec.image), *self._store.names(held.image_id)]:
            if name in self._programs:
                return self._programs[name]
        raise EngineError("its image has no program to start", where=held.container.spec.image)
