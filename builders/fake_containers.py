"""All containers of the in-memory engine, by id, and the program that each one runs."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from builders.engine import ContainerSpec
from builders.errors import EngineError
from builders.fake_container import Clock, FakeContainer, Program
from builders.fake_store import FakeStore, carries, full_name


@dataclass(frozen=True)
class _Held:
    """A container in the engine; someone else's is never removed by label."""

    container: FakeContainer
    image_id: str
    labels: Mapping[str, str]
    ours: bool


class FakeContainers:
    """Containers made from the images of `store`.

    Args:
        store: the engine's images.
        programs: what a container runs, by a reference of its image or of one it was tagged as.
        clocks: a monotonic one and the wall's.
    """

    def __init__(
        self, store: FakeStore, programs: Mapping[str, Program], clocks: tuple[Clock, Clock]
    ) -> None:
        self._store = store
        self._programs = {full_name(name): program for name, program in programs.items()}
        self._clocks = clocks
        self._by_id: dict[str, _Held] = {}
        self._numbers = itertools.count(1)

    def hold(self, spec: ContainerSpec, *, ours: bool) -> str:
        """Make one and return its id; raises ImageNotFound or EngineError."""
        image = self._store.require(spec.image)
        if spec.name and spec.name in [held.container.spec.name for held in self._all()]:
            raise EngineError("a container of this name exists already", where=spec.name)
        labels = {**image.labels, **spec.labels}  # a container inherits its image's labels
        container = FakeContainer(spec, *self._clocks)
        name = f"{next(self._numbers):064x}"
        self._by_id[name] = _Held(container, image.image_id, labels, ours)
        return name

    def held(self, name: str) -> FakeContainer:
        """The container of an id; raises EngineError."""
        return self._held(name).container

    def start(self, name: str) -> None:
        """Start it; raises EngineError when its image has no program."""
        held = self._held(name)
        held.container.start(self._program(held))

    def remove(self, name: str) -> None:
        """Kill and remove it; one that is gone already is no error."""
        held = self._by_id.pop(name, None)
        if held is not None:
            held.container.kill()

    def labelled(self, labels: Mapping[str, str]) -> list[str]:
        """Ids of our containers that carry all these labels."""
        ours = {name: held for name, held in self._by_id.items() if held.ours}
        return [name for name, held in ours.items() if carries(held.labels, labels)]

    def label_values(self, key: str) -> set[str]:
        """What a label says on our containers."""
        return {held.labels[key] for held in self._all() if held.ours and key in held.labels}

    def images(self) -> set[str]:
        """Ids of the images that containers were made from."""
        return {held.image_id for held in self._all()}

    def _all(self) -> list[_Held]:
        return list(self._by_id.values())

    def _held(self, name: str) -> _Held:
        if name not in self._by_id:
            raise EngineError("no such container", where=name)
        return self._by_id[name]

    def _program(self, held: _Held) -> Program:
        for name in [full_name(held.container.spec.image), *self._store.names(held.image_id)]:
            if name in self._programs:
                return self._programs[name]
        raise EngineError("its image has no program to start", where=held.container.spec.image)
