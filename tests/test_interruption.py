"""A signal that comes while the engine is asked for something leaves nothing behind."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builders.engine import ContainerSpec
from builders.fake_engine import FakeEngine
from builders.interruption import SIGNALS, answered, end_in_order
from builders.labels import KIND_SESSION, of_kind
from builders.own_container import own_container
from builders.wheelhouse import serving

LABELS = of_kind(KIND_SESSION)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    end_in_order()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class InterruptedEngine(FakeEngine):
    """The signal arrives before the engine has registered what it was asked to make."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__()
        self.number = number
        self.at = "create"

    def _interrupted(self, at: str) -> None:
        if at == self.at:
            signal.raise_signal(self.number)

    def create(self, spec: ContainerSpec) -> str:
        self._interrupted("create")
        return super().create(spec)

    def remove(self, container: str) -> None:
        self._interrupted("remove")
        super().remove(container)

    def create_network(self, name: str, labels: Any) -> None:
        self._interrupted("create_network")
        super().create_network(name, labels)


def spec(engine: FakeEngine) -> ContainerSpec:
    image = engine.add_image("some:image")
    return ContainerSpec(image=image.image_id, command=("sleep",), labels=LABELS)


@pytest.mark.parametrize("at", ["create", "remove"])
@pytest.mark.parametrize(
    ("number", "end"), [(signal.SIGTERM, SystemExit), (signal.SIGINT, KeyboardInterrupt)]
)
def test_a_container_goes_away_when_the_signal_comes_during_a_request(
    at: str, number: signal.Signals, end: type[BaseException]
) -> None:
    engine = InterruptedEngine(number)
    engine.at = at
    with pytest.raises(end), own_container(engine, spec(engine)):
        pass
    assert engine.remove_labelled(LABELS).containers == 0


def test_nothing_is_done_with_a_container_whose_creation_was_interrupted() -> None:
    engine = InterruptedEngine(signal.SIGTERM)
    reached = False
    with pytest.raises(SystemExit) as ended, own_container(engine, spec(engine)):
        reached = True
    assert ended.value.code == 128 + signal.SIGTERM
    assert not reached


def test_the_wheelhouse_network_goes_away_too(tmp_path: Path) -> None:
    engine = InterruptedEngine(signal.SIGTERM)
    engine.at = "create_network"
    with pytest.raises(SystemExit), serving(engine, "some:image", tmp_path):
        pass
    assert engine.remove_labelled({"io.slimbench.kind": ""}).networks == 0


def test_a_second_signal_ends_at_once() -> None:
    def asked_twice() -> None:
        with answered():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGTERM)
            raise AssertionError("it went on")

    with pytest.raises(SystemExit):
        asked_twice()


def test_an_inner_request_does_not_let_the_signal_through_to_the_outer_one() -> None:
    done = []

    def outer() -> None:
        with answered():
            with answered():
                signal.raise_signal(signal.SIGTERM)
            done.append("the rest of the outer request")

    with pytest.raises(SystemExit):
        outer()
    assert done
