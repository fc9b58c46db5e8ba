"""One push to a registry, and one pull from it onto an engine that holds nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bench.pull_events import pull_times
from bench.scenario_types import PulledLayer, PullSample
from builders.engine import Engine
from builders.engine_boundary import no_such_image
from builders.errors import EngineError, EngineUnavailable
from builders.image_exchange import PullEvent
from builders.interruption import answered

EVENT_ID_DIGITS = 12  # of a digest, in the engine's events


@dataclass(frozen=True)
class Pushed:
    """An image in the registry.

    Attributes:
        name: by which it is pulled.
        layers: digest and compressed bytes of each, lowest first.
        diff_ids: of its layers.
    """

    name: str
    layers: Mapping[str, int]
    diff_ids: tuple[str, ...]


def push(
    engine: Engine, image: str, name: str, stored: Callable[[str], Mapping[str, int]]
) -> Pushed:
    """Push an image under another name, which it has no longer than that takes.

    Args:
        engine: where the image is.
        image: its id.
        name: with the registry's address.
        stored: tells the layers that the registry holds of a name.

    Raises:
        ImageNotFound: the image is gone.
        PushFailed: the registry didn't take it.
        RegistryFailed: the registry doesn't tell what it holds.
    """
    found = engine.image(image)
    if found is None:
        raise no_such_image(image)
    try:
        with answered():
            engine.tag(image, name)
        engine.push(name)
    finally:
        with answered():
            engine.remove_name(name)
    return Pushed(name, stored(name), found.diff_ids)


def take_pull(second: Engine, pushed: Pushed, number: int) -> PullSample:
    """Pull the image onto the engine and remove it again, with all its layers.

    Args:
        second: an engine that holds none of the layers, nor anything else.
        pushed: the image in the registry.
        number: of the round.

    Raises:
        EngineError: the pull failed, brought another image, or found a layer there already; or
            the engine has ended.
    """
    with _not_the_users():
        events: list[PullEvent] = []
        began_ns = time.monotonic_ns()
        try:
            pulled = second.pull(pushed.name, events.append)
        finally:
            second.remove_name(pushed.name)
        if pulled.diff_ids != pushed.diff_ids:
            raise EngineError("another image came than was pushed", where=pushed.name)
        driver = second.info().storage_driver
    times = pull_times(events, map(_event_id, pushed.layers))
    layers = tuple(
        PulledLayer(compressed_bytes=size, unpack_ns=times.unpack_ns.get(_event_id(digest)))
        for digest, size in pushed.layers.items()
    )
    return PullSample(
        round=number,
        total_ns=events[-1].received_ns - began_ns,
        download_ns=times.download_ns,
        unpack_ns=_sum(layers),
        layers=layers,
        storage_driver=driver,
    )


def _sum(layers: tuple[PulledLayer, ...]) -> int | None:
    known = [layer.unpack_ns for layer in layers if layer.unpack_ns is not None]
    return sum(known) if len(known) == len(layers) else None


def _event_id(digest: str) -> str:
    return digest.partition(":")[2][:EVENT_ID_DIGITS]


@contextmanager
def _not_the_users() -> Iterator[None]:
    """That the second engine is lost doesn't mean that the user's is, which would end the run."""
    try:
        yield
    except EngineUnavailable as error:
        raise EngineError(f"the second engine has ended: {error}") from error
