"""A serve image run the hardened way: not root, no capability, nothing to write to, no port shown.

It is reached at its own address on a network of its own, which carries the test's labels.
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from builders.engine import ContainerSpec, ContainerState, Engine, Mount
from builders.own_container import own_container

IMAGE = "slimbench/distroless-onnx:serve"
PORT = 8000
USER = "65532:65532"
MEMORY_BYTES = 1024**3
START_TIMEOUT_S = 120
REST_TIMEOUT_S = 60


@dataclass(frozen=True)
class Launch:
    """What is started; `images` is the folder that the service sees as /images."""

    image: str = IMAGE
    command: tuple[str, ...] = ()  # none: the image's own
    environment: Mapping[str, str] = field(default_factory=dict)
    images: Optional[Path] = None
    memory_bytes: int = MEMORY_BYTES
    cpu_set: Optional[str] = None
    port: int = PORT


@dataclass(frozen=True)
class RunningService:
    """A container whose service is ready."""

    engine: Engine
    container: str
    address: tuple[str, int]

    @property
    def url(self) -> str:
        host, port = self.address
        return f"http://{host}:{port}"

    @property
    def state(self) -> ContainerState:
        return self.engine.state(self.container)

    def logs(self) -> str:
        return self.engine.logs(self.container)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def json(self, path: str) -> Any:
        return json.loads(self.get(path)[1])

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples that carry these labels."""
        _, page = self.get("/metrics")
        found = re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", page.decode(), re.MULTILINE)
        wanted = {f'{key}="{value}"' for key, value in labels.items()}
        return sum(float(value) for given, value in found if wanted <= set(given.split(",")))

    def in_flight_at_rest(self) -> float:
        """Requests in flight once nobody asks any more, without the one that reads the page."""
        deadline = time.monotonic() + REST_TIMEOUT_S
        while (now := self.metric("slimbench_in_flight") - 1) and time.monotonic() < deadline:
            time.sleep(0.2)
        return now


@contextmanager
def service_container(
    engine: Engine, labels: Mapping[str, str], launch: Launch
) -> Iterator[RunningService]:
    """Run it and wait until it is ready; container and network go in any case."""
    assert engine.image(launch.image), (
        f"{launch.image} isn't built: slimbench build --workload serve"
    )
    network = f"slimbench-test-{uuid.uuid4().hex}"
    engine.create_network(network, labels)
    try:
        with own_container(engine, _spec(launch, network, labels)) as container:
            engine.start(container)
            address = engine.state(container).address
            running = RunningService(engine, container, (address, launch.port))
            wait_until_ready(running)
            yield running
    finally:
        engine.remove_network(network)


def wait_until_ready(running: RunningService) -> None:
    """Ask until it says so; an ended container fails with what it said."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        assert running.state.running, running.logs()
        try:
            if running.get("/ready")[0] == 200:
                return
        except OSError:
            pass  # it doesn't listen yet
        time.sleep(0.05)
    raise AssertionError(f"not ready after {START_TIMEOUT_S} s: {running.logs()}")


def _spec(launch: Launch, network: str, labels: Mapping[str, str]) -> ContainerSpec:
    return ContainerSpec(
        image=launch.image,
        command=launch.command,
        labels=labels,
        network=network,
        mounts=(Mount(launch.images, "/images"),) if launch.images else (),
        environment=launch.environment,
        user=USER,
        cpu_set=launch.cpu_set,
        memory_bytes=launch.memory_bytes,
        read_only_root=True,
    )
