"""The in-memory engine: public, deterministic, without processes, so that every rule can be tested.

It passes the same cases as the real one (`tests/test_engine_contract.py`), and notes its calls.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Optional

from builders.container_stream import ContainerStream
from builders.engine import (
    BuildRequest,
    ContainerSpec,
    ContainerState,
    EngineInfo,
    HistoryEntry,
    ImageInfo,
    MemoryReading,
    Removed,
)
from builders.engine_networks import foreign_network
from builders.errors import EngineError, SessionFailed
from builders.fake_build import FakeBuild
from builders.fake_container import Clock, FakeStream, Program
from builders.fake_containers import FakeContainers
from builders.fake_exchange import FakeExchange, FakeRegistry
from builders.fake_images import FakeImage, archive, saved
from builders.fake_store import FakeStore, carries
from builders.gpus import require_gpus
from builders.labels import require_labels
from builders.own_images import StoredImages

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
    runtimes=("runc",),
)


class FakeEngine(FakeExchange):
    """`builders.engine.Engine` in memory.

    Args:
        programs: what a container runs, by a reference of its image or of one it was tagged as.
        registry: images by reference, that can be pulled and that were pushed; engines may share
            one. None when no registry answers.
        info: what the engine says of itself.
        clock: `time.monotonic_ns` or a test's own.
        wall_clock: `time.time_ns` or a test's own.
        memory: what the statistics of a running container tell, in bytes, reading by reading.

    Attributes:
        calls: every call's name and its main argument, in order.
    """

    def __init__(
        self,
        programs: Optional[Mapping[str, Program]] = None,
        *,
        registry: Optional[FakeRegistry] = None,
        info: EngineInfo = FAKE_INFO,
        clock: Clock = time.monotonic_ns,
        wall_clock: Clock = time.time_ns,
        memory: Sequence[int] = (),
    ) -> None:
        store = FakeStore()
        self._containers = FakeContainers(store, programs or {}, (clock, wall_clock))
        super().__init__(store, registry, clock, self._containers.images)
        self._info = info
        self._clock = clock
        self._memory = tuple(memory)
        self._networks: dict[str, Mapping[str, str]] = {}
        self._cached_steps: set[str] = set()
        self._built: set[str] = set()

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
        return self._containers.hold(ContainerSpec(image=image, command=(), labels={}), ours=False)

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

    def tags(self) -> tuple[str, ...]:
        """Names of all images, sorted."""
        return tuple(sorted(tag for image in self.images({}) for tag in image.tags))

    def build(self, request: BuildRequest, log: Callable[[str], None]) -> ImageInfo:
        """Build and tag; each line of output goes to `log`; raises BuildFailed."""
        self.calls.append(("build", request))
        build = FakeBuild(request, self._store.find, self._cached_steps, log)
        build.run()
        for stage in build.stages:
            self._built.add(self._store.keep(stage).image_id)
        return self._store.keep(build.stages[-1], request.tag)

    def save(self, images: Sequence[str]) -> Iterator[bytes]:
        """One `docker save` archive of the images; raises ImageNotFound."""
        self.calls.append(("save", tuple(images)))
        found = [self._store.require(image) for image in images]
        return iter([saved([(image, self._store.described(image).tags) for image in found])])

    def create(self, spec: ContainerSpec) -> str:
        """Create a container and return its id; raises ImageNotFound or EngineError."""
        self.calls.append(("create", spec))
        require_gpus(spec, self._info)
        return self._containers.hold(spec, ours=True)

    def attach(self, container: str) -> ContainerStream:
        """Attach to a created container's streams."""
        return FakeStream(self._containers.held(container))

    def start(self, container: str) -> None:
        """Start it; raises EngineError when its image has no program."""
        self.calls.append(("start", container))
        network = self._containers.held(container).spec.network
        if network not in self._networks and network not in BUILT_IN_NETWORKS:
            raise EngineError(f"network {network} not found", where=container)
        self._containers.start(container)

    def wait(self, container: str, timeout_s: float) -> ContainerState:
        """Wait for its end; raises SessionFailed at once where it would run on."""
        state = self.state(container)
        if state.running:
            raise SessionFailed(f"it still runs after {timeout_s:g} s", where=container)
        return state

    def state(self, container: str) -> ContainerState:
        """Its state now."""
        return self._containers.held(container).state()

    def signal(self, container: str, name: str) -> None:
        """Send its first process a signal, of which it ends; raises EngineError unless it runs."""
        self.calls.append(("signal", name))
        self._containers.held(container).signal(name)

    def memory_statistics(self, container: str) -> Iterator[MemoryReading]:
        """The readings that this engine was made with, while the container runs."""
        if self.state(container).running:
            yield from (MemoryReading(used_bytes, self._clock()) for used_bytes in self._memory)

    def logs(self, container: str) -> str:
        """Everything it wrote so far, both streams together."""
        return "".join(f"{line.text}\n" for line in self._containers.held(container).lines)

    def remove(self, container: str) -> None:
        """Kill and remove it; a container that is gone already is no error."""
        self.calls.append(("remove", container))
        self._containers.remove(container)

    def create_network(self, name: str, labels: Mapping[str, str]) -> None:
        """Create a bridge network; one of this name that carries these labels is reused."""
        self.calls.append(("create_network", name))
        if not labels.items() <= self._networks.setdefault(name, dict(labels)).items():
            raise foreign_network(name)

    def remove_network(self, name: str) -> None:
        """Remove it; one that is gone already is no error."""
        self.calls.append(("remove_network", name))
        self._networks.pop(name, None)

    def label_values(self, key: str) -> frozenset[str]:
        """What a label says on the containers and networks of this toolkit."""
        networks = (own[key] for own in self._networks.values() if key in own)
        return frozenset([*self._containers.label_values(key), *networks])

    def remove_labelled(self, labels: Mapping[str, str]) -> Removed:
        """Remove all containers, networks and images (untagged stages too) with these labels."""
        require_labels(labels)
        self.calls.append(("remove_labelled", dict(labels)))
        containers = self._containers.labelled(labels)
        for name in containers:
            self.remove(name)
        networks = [name for name, own in self._networks.items() if carries(own, labels)]
        for name in networks:
            del self._networks[name]
        images, size_bytes = self._store.remove_labelled(labels, self._containers.images())
        return Removed(len(containers), len(networks), images, size_bytes)

    def stored(self, labels: Mapping[str, str]) -> StoredImages:
        """All images that carry these labels, untagged stages too."""
        require_labels(labels)
        return self._store.stored(labels)

    def built(self) -> frozenset[str]:
        """Ids of the images, one a stage, that builds through this value ended with."""
        return frozenset(self._built)

    def remove_built(self, labels: Mapping[str, str], keep: Collection[str]) -> int:
        """Remove the images of this value's builds that carry these labels; how many are gone."""
        require_labels(labels)
        kept = {*keep, *(self.stored(labels).ids - self._built), *self._containers.images()}
        return self._store.remove_labelled(labels, kept)[0]
