"""What every engine must do with a registry: the same cases on the fake and on a real one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable

import pytest
from conftest import TEST_LABEL
from tiny_image import write_context

from bench.loopback_registry import Registry, free_port
from builders.engine import BuildRequest, Engine, ImageInfo
from builders.errors import EngineError, PushFailed
from builders.fake_engine import FakeEngine
from builders.image_exchange import PullEvent
from builders.labels import TAG


@dataclass(frozen=True)
class World:
    """An engine and a registry's address; `use` makes a container of someone else's."""

    engine: Engine
    address: str
    labels: dict[str, str]
    folder: Path
    use: Callable[[str], object]

    def build(self, layers: int = 2) -> ImageInfo:
        """A new image under a name of the registry's."""
        number = uuid.uuid4().hex
        names = [f"{number}-{layer}" for layer in range(layers)]
        copies = "".join(f"COPY {name} /{name}\n" for name in names)
        files = {name: (name * 1000).encode() for name in names}
        dockerfile = f"FROM scratch\n{copies}".encode()
        context = write_context(self.folder / f"{number}.tar", {"Dockerfile": dockerfile, **files})
        tag = f"{self.address}/slimbench-test/{number}:1"
        return self.engine.build(BuildRequest(context, "Dockerfile", tag, self.labels), print)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.engine)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    labels = {TEST_LABEL: uuid.uuid4().hex}
    made = _real(request, labels, tmp_path) if request.param == "real" else _fake(labels, tmp_path)
    yield made
    made.engine.remove_labelled(labels)


def _fake(labels: dict[str, str], folder: Path) -> World:
    engine = FakeEngine(registry={})
    return World(engine, "127.0.0.1:5000", labels, folder, engine.use_elsewhere)


def _real(request: pytest.FixtureRequest, labels: dict[str, str], folder: Path) -> World:
    import docker  # noqa: PLC0415, TID251 - to act as someone else

    engine: Engine = request.getfixturevalue("engine")
    registry: Registry = request.getfixturevalue("registry")
    api = docker.APIClient(version="auto")

    def use(name: str) -> None:
        container: str = api.create_container(name, ["/nothing"])["Id"]
        request.addfinalizer(lambda: engine.remove_labelled(labels))
        request.addfinalizer(lambda: api.remove_container(container, force=True))

    return World(engine, registry.address, labels, folder, use)


def forget(world: World) -> None:
    """Also what the classic builder leaves of each step, which would hold the layers."""
    world.engine.remove_labelled(world.labels)


def test_what_was_pushed_and_removed_is_pulled_again(world: World) -> None:
    built = world.build()
    (name,) = built.tags
    world.engine.push(name)
    forget(world)
    assert world.engine.image(name) is None

    pulled = world.engine.pull(name)

    assert (pulled.image_id, pulled.diff_ids) == (built.image_id, built.diff_ids)
    assert pulled.tags == (name,)


def test_a_pull_tells_of_each_layer_in_order(world: World) -> None:
    built = world.build(layers=3)
    (name,) = built.tags
    world.engine.push(name)
    forget(world)
    events: list[PullEvent] = []

    world.engine.pull(name, events.append)

    stamps = [event.received_ns for event in events]
    assert stamps == sorted(stamps)
    layers = list(dict.fromkeys(event.layer for event in events if event.layer))
    assert len(layers) == 3
    assert {len(layer) for layer in layers} == {12}
    for layer in layers:
        told = [event.status for event in events if event.layer == layer]
        wanted = ["Pulling fs layer", "Download complete", "Extracting", "Pull complete"]
        assert [status for status in dict.fromkeys(told) if status in wanted] == wanted
    unpacked = [event.layer for event in events if event.status == "Pull complete"]
    assert unpacked == layers
    assert events[-1].layer == ""
    assert events[-1].status.startswith("Status: Downloaded newer image")


def test_layers_that_are_there_are_told_to_be(world: World) -> None:
    (name,) = world.build().tags
    world.engine.push(name)
    events: list[PullEvent] = []
    world.engine.pull(name, events.append)
    assert {event.status for event in events if event.layer} <= {"Already exists"}


NEXT_STEP = "check that the registry runs and takes the image"


def test_a_push_of_no_image_fails_in_words(world: World) -> None:
    name = f"{world.address}/slimbench-test/{uuid.uuid4().hex}:1"
    with pytest.raises(PushFailed, match=rf"{name}: the push failed: .*; {NEXT_STEP}"):
        world.engine.push(name)


def test_a_push_to_nobody_fails_in_words(world: World) -> None:
    unreached = world if not isinstance(world.engine, FakeEngine) else _fake_without_registry(world)
    (own,) = unreached.build().tags
    name = f"127.0.0.1:{free_port()}/slimbench-test/{uuid.uuid4().hex}:1"
    unreached.engine.tag(own, name)
    with pytest.raises(PushFailed, match=rf"{name}: the push failed: .*; {NEXT_STEP}"):
        unreached.engine.push(name)
    unreached.engine.remove_name(name)


def _fake_without_registry(world: World) -> World:
    return replace(world, engine=FakeEngine())


def test_a_name_goes_and_its_image_stays_while_it_has_another(world: World) -> None:
    built = world.build()
    (first,) = built.tags
    second = f"{first}-again"
    world.engine.tag(first, second)

    world.engine.remove_name(second)

    assert world.engine.image(second) is None
    assert world.engine.image(first) == built
    world.engine.remove_name(second)  # gone already: no error


def test_an_image_goes_with_its_last_name(world: World) -> None:
    built = world.build()
    world.engine.remove_name(built.tags[0])
    assert world.engine.image(built.tags[0]) is None
    assert world.engine.image(built.image_id) is None
    world.engine.remove_labelled({TAG: built.tags[0]})  # a step that had no other label yet


def test_the_last_name_of_an_image_in_use_stays(world: World) -> None:
    built = world.build()
    world.use(built.tags[0])
    with pytest.raises(EngineError, match=built.tags[0]):
        world.engine.remove_name(built.tags[0])
    assert world.engine.image(built.tags[0]) == built


def test_pushing_leaves_no_digest_of_the_registry_behind(world: World) -> None:
    """Once the name is taken away, the image is as it was."""
    built = world.build()
    (own,) = built.tags
    pushed = f"{world.address}/slimbench-test/{uuid.uuid4().hex}:mark"
    world.engine.tag(own, pushed)
    world.engine.push(pushed)
    world.engine.remove_name(pushed)
    assert world.engine.image(own) == built
