"""`slimbench probe` against our own container: every check passes."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hostile_pictures import good
from service_container import Launch, RunningService, service_container

from bench.probe.checks import probe
from bench.probe.client import Client, Part
from bench.probe.context import Context, Limits
from bench.probe.outcome_types import Load
from bench.probe.pictures import generated
from builders.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.variants]


@pytest.fixture(scope="module")
def service(engine: Engine, session_labels: dict[str, str]) -> Iterator[RunningService]:
    with service_container(engine, session_labels, Launch()) as running:
        yield running


def context(service: RunningService, picture: Part, expect_class: int | None = None) -> Context:
    return Context(Client(service.url, 30), picture, Limits(expect_class, 30_000))


def test_every_check_passes(service: RunningService):
    found = probe(context(service, generated(0)), run_tests=True)
    states = {one.name: (one.state, one.came) for one in found.outcomes}
    assert states.pop("expected class")[0] == "skipped"
    assert {name: one for name, one in states.items() if one[0] != "passed"} == {}
    assert "wouldn't show" not in states["batch"][1]  # the three pictures have three answers
    load = found.outcomes[-1].detail
    assert isinstance(load, Load)
    assert load.p95_ms is not None


def test_the_class_of_a_photo_is_held_to(service: RunningService):
    photo = Part(good("JPEG", random.Random(1)), "image/jpeg")
    found = probe(context(service, photo, 1001), run_tests=False)
    assert {one.name for one in found.outcomes if one.state == "failed"} == {"expected class"}
    came = next(one.came for one in found.outcomes if one.name == "expected class")
    class_id = int(came.split()[1])
    assert probe(context(service, photo, class_id), run_tests=False).passed
