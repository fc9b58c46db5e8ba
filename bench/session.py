"""A container that speaks the session protocol, from its creation to its removal on every path."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.conversation import Conversation
from bench.devices import ON_CPU, Computing, equipped
from bench.events import Imported, Ready, Started
from builders.engine import ContainerSpec, Engine, Mount
from builders.errors import SessionFailed
from builders.labels import KIND_SESSION, of_kind
from builders.matrix import Limits
from builders.own_container import own_container
from inference import protocol

NETWORK = "none"
START_TIMEOUT_S = 120.0  # for each of started, imported, ready: a cold disk may be slow
STOP_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Launch:
    """What is started; the limits are the same for all that are compared."""

    image: str
    limits: Limits
    mounts: tuple[Mount, ...] = ()
    computing: Computing = ON_CPU


@dataclass(frozen=True)
class Startup:
    """The events of a good start, and the host's stamps around them."""

    create_ns: int  # before the create call
    created_ns: int  # after its answer
    started: Started
    imported: Imported
    ready: Ready
    ready_received_ns: int


@dataclass(frozen=True)
class Stop:
    """The host's stamps around the end."""

    quit_ns: int
    ended_ns: int


class Session:
    """A container that is ready; `ask` asks it, `stop` ends it, `session` makes it."""

    def __init__(self, conversation: Conversation, startup: Startup) -> None:
        self.startup = startup
        self.ask = conversation.ask
        self.pid = conversation.pid
        self._conversation = conversation

    def stop(self) -> Stop:
        """Ask it to quit and wait for its end.

        Raises:
            SessionFailed: it runs on, ends otherwise than with 0, or without a goodbye.
        """
        quit_ns = time.monotonic_ns()
        self._conversation.tell(protocol.QUIT)
        ended_ns = self._conversation.wait(STOP_TIMEOUT_S)
        self._conversation.expect_goodbye()
        return Stop(quit_ns, ended_ns)


@contextmanager
def session(engine: Engine, launch: Launch) -> Iterator[Session]:
    """Create a container, start it and wait until it is ready; it is removed in any case.

    Raises:
        SessionFailed: it ended, hung or said something else than its protocol, in words.
        EngineError: the engine can't create or start it, or has no GPU that it must have.
    """
    spec = equipped(engine, container_spec(launch), launch.computing)
    create_ns = time.monotonic_ns()
    with own_container(engine, spec) as container:
        created_ns = time.monotonic_ns()
        conversation = Conversation(engine, container, spec)
        try:
            engine.start(container)
            yield Session(conversation, _startup(conversation, create_ns, created_ns))
        finally:
            conversation.close()


def container_spec(launch: Launch) -> ContainerSpec:
    """The container, the same for all images but for what it computes on; see `equipped`."""
    return ContainerSpec(
        image=launch.image,
        command=("session", "--threads", str(launch.limits.threads)),
        labels=of_kind(KIND_SESSION),
        name=f"slimbench-session-{uuid.uuid4().hex}",
        network=NETWORK,
        mounts=launch.mounts,
        cpu_set=launch.limits.cpu_set,
        memory_bytes=launch.limits.memory_bytes,
        interactive=True,
    )


def expect_started(conversation: Conversation) -> Started:
    """The first event; raises SessionFailed where it speaks another version of the protocol."""
    started = conversation.expect(Started, START_TIMEOUT_S).event
    if started.protocol != protocol.PROTOCOL_VERSION:
        raise SessionFailed(
            f"speaks version {started.protocol} of the protocol, not {protocol.PROTOCOL_VERSION}",
            where=conversation.where,
            next_step="build it again",
        )
    return started


def _startup(conversation: Conversation, create_ns: int, created_ns: int) -> Startup:
    started = expect_started(conversation)
    imported = conversation.expect(Imported, START_TIMEOUT_S).event
    ready = conversation.expect(Ready, START_TIMEOUT_S)
    return Startup(create_ns, created_ns, started, imported, ready.event, ready.received_ns)
