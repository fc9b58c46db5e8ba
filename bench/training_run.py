"""One training in a fresh container, from its creation to its removal on every path."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from bench.container_usage import ContainerUsage, container_usage
from bench.conversation import Conversation
from bench.events import Epoch, Imported, Started, Trained
from bench.session import NETWORK, START_TIMEOUT_S, STOP_TIMEOUT_S, expect_started
from bench.training_memory import MemoryWatch
from bench.training_types import MemoryPoint, TrainingRun
from builders.engine import ContainerSpec, Engine
from builders.errors import SessionFailed
from builders.labels import KIND_SESSION, of_kind
from builders.matrix import Limits
from builders.own_container import own_container
from builders.training_settings import TrainingSettings

EPOCH_TIMEOUT_S = 300.0


@dataclass(frozen=True)
class TrainingLaunch:
    """What is started; the same for all that are compared but for the image.

    `one_kernel` is the engine's `shares_host_kernel`: another kernel's account can't be read.
    """

    image: str
    limits: Limits
    settings: TrainingSettings
    one_kernel: bool


@dataclass(frozen=True)
class _Told:
    """What the program said."""

    started: Started
    imported: Imported
    losses: tuple[float, ...]
    trained: Trained


@dataclass(frozen=True)
class _Account:
    """What was read from outside."""

    running_ns: int
    container_ns: int
    usage: ContainerUsage
    memory: tuple[MemoryPoint, ...]


def take_training(engine: Engine, launch: TrainingLaunch, place: tuple[int, int]) -> TrainingRun:
    """Train once in a fresh container.

    Args:
        engine: where the image is.
        launch: what is started.
        place: number of the round and position in it.

    Raises:
        SessionFailed: the container ended, hung or said something else than its protocol.
        EngineError: the engine can't create, start or watch it.
    """
    spec = training_spec(launch)
    create_ns = time.monotonic_ns()
    with own_container(engine, spec) as container:
        conversation = Conversation(engine, container, spec)
        try:
            engine.start(container)
            watch = MemoryWatch(engine, container)
            told = _told(conversation, launch.settings)
            usage = _usage(conversation, launch)
            conversation.end_input()
            ended_ns = conversation.wait(STOP_TIMEOUT_S)
            conversation.expect_goodbye()
            state = engine.state(container)
            memory = watch.finish(create_ns)
        finally:
            conversation.close()
    lasted_ns = state.finished_at_ns - state.started_at_ns
    return _run(told, _Account(ended_ns - create_ns, lasted_ns, usage, memory), place)


def training_spec(launch: TrainingLaunch) -> ContainerSpec:
    """The container; it ends with its input, so that its account can be read before."""
    asked = {
        "--seed": launch.settings.seed,
        "--epochs": launch.settings.epochs,
        "--threads": launch.limits.threads,
    }
    options = (str(word) for option in asked.items() for word in option)
    return ContainerSpec(
        image=launch.image,
        command=("train", *options, "--wait"),
        labels=of_kind(KIND_SESSION),
        name=f"slimbench-training-{uuid.uuid4().hex}",
        network=NETWORK,
        cpu_set=launch.limits.cpu_set,
        memory_bytes=launch.limits.memory_bytes,
        interactive=True,
    )


def _told(conversation: Conversation, asked: TrainingSettings) -> _Told:
    started = expect_started(conversation)
    imported = conversation.expect(Imported, START_TIMEOUT_S).event
    losses = tuple(
        conversation.expect(Epoch, EPOCH_TIMEOUT_S).event.loss for _ in range(asked.epochs)
    )
    trained = conversation.expect(Trained, EPOCH_TIMEOUT_S).event
    if (trained.seed, trained.epochs) != (asked.seed, asked.epochs):
        raise SessionFailed(
            f"trained {trained.epochs} epochs with seed {trained.seed},"
            f" not {asked.epochs} with {asked.seed}",
            where=conversation.where,
        )
    return _Told(started, imported, losses, trained)


def _usage(conversation: Conversation, launch: TrainingLaunch) -> ContainerUsage:
    return container_usage(conversation.pid()) if launch.one_kernel else ContainerUsage()


def _run(told: _Told, account: _Account, place: tuple[int, int]) -> TrainingRun:
    trained = told.trained
    return TrainingRun(
        round=place[0],
        position=place[1],
        seed=trained.seed,
        epochs=trained.epochs,
        threads_used=trained.threads,
        running_ns=account.running_ns,
        container_ns=account.container_ns,
        imports_ns=told.imported.t_ns - told.started.t_ns,
        cpu_ns=account.usage.cpu_ns,
        process_cpu_ns=trained.cpu_ns,
        peak_rss_bytes=trained.peak_rss_bytes,
        cgroup_peak_bytes=account.usage.peak_bytes,
        memory=account.memory,
        losses=told.losses,
        accuracy=trained.accuracy,
        weights=trained.weights,
        versions=told.imported.versions,
    )
