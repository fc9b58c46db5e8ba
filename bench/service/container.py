"""A service in a hardened container, on a network of its own; both are removed on every path.

It runs as nobody's user, without capabilities, on a root file system that it can't write to. No
port of the host is published: it is reached at the container's address, from this machine alone.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NoReturn, Optional

from bench.endings import ending
from builders.engine import ContainerSpec, Engine
from builders.errors import SessionFailed
from builders.interruption import answered
from builders.labels import KIND_SERVICE, of_kind
from builders.maker import own_mark
from builders.matrix import Limits
from builders.own_container import own_container

USER = "65532:65532"
NETWORK = "a bridge of its own"
TAIL_LINES = 3
LONGEST_TAIL = 300  # characters


@dataclass(frozen=True)
class Service:
    """A container that was started.

    Attributes:
        create_ns: the host's clock before it was created.
        created_ns: when the engine had answered that.
    """

    engine: Engine = field(repr=False)
    container: str
    spec: ContainerSpec
    address: str
    port: int
    create_ns: int
    created_ns: int

    @property
    def pid(self) -> int:
        """Its first process as the engine's machine numbers it; 0 where that isn't known."""
        return self.engine.state(self.container).pid

    def url(self, path: str) -> str:
        """Where this path is found."""
        return f"http://{self.address}:{self.port}{path}"

    def require_running(self, doing: str) -> None:
        """Raises SessionFailed, with what it wrote last, when it has ended."""
        state = self.engine.state(self.container)
        if not state.running:
            self.fail(f"{ending(state, self.spec.memory_bytes)} while {doing}")

    def fail(self, what: str, cause: Optional[BaseException] = None) -> NoReturn:
        """Raise SessionFailed with what the service wrote last."""
        words = " | ".join(self.engine.logs(self.container).splitlines()[-TAIL_LINES:])
        said = f", after writing: {words[-LONGEST_TAIL:]}" if words else ""
        raise SessionFailed(f"{what}{said}", where=f"image {self.spec.image}") from cause


def service_spec(image: str, limits: Limits, port: int) -> ContainerSpec:
    """The container of a service, the same for all images but for the image."""
    return hardened(
        ContainerSpec(
            image=image,
            command=("serve", "--port", str(port), "--threads", str(limits.threads)),
            labels=of_kind(KIND_SERVICE),
        ),
        limits,
    )


def hardened(spec: ContainerSpec, limits: Limits) -> ContainerSpec:
    """The spec with the limits, another user than root, and nothing that it may write to."""
    return replace(
        spec,
        user=USER,
        read_only_root=True,
        cpu_set=limits.cpu_set,
        memory_bytes=limits.memory_bytes,
    )


@contextmanager
def serving(engine: Engine, spec: ContainerSpec, port: int) -> Iterator[Service]:
    """Create the network, then the container, and start it; it needn't answer yet.

    Raises:
        SessionFailed: it ended at once.
        EngineError: the engine can't create or start it.
    """
    with _own_network(engine) as network:
        spec = replace(spec, network=network, name=f"slimbench-service-{uuid.uuid4().hex}")
        create_ns = time.monotonic_ns()
        with own_container(engine, spec) as container:
            created_ns = time.monotonic_ns()
            engine.start(container)
            address = engine.state(container).address
            service = Service(engine, container, spec, address, port, create_ns, created_ns)
            if not address:
                service.require_running("starting")
                service.fail("has no address on its network")
            yield service


@contextmanager
def _own_network(engine: Engine) -> Iterator[str]:
    name = f"slimbench-service-{uuid.uuid4().hex}"
    try:
        with answered():
            engine.create_network(name, {**of_kind(KIND_SERVICE), **own_mark()})
        yield name
    finally:
        with answered():
            engine.remove_network(name)
