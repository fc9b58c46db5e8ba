"""A real service measured: its start and load, every answer checked, nothing left behind."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hostile_pictures import good
from service_container import IMAGE, PORT

from bench.answers import Answer, Answers
from bench.collect import collect_answers
from bench.service.asking import Asking
from bench.service.container import service_spec
from bench.service.cpus import generator_cpus
from bench.service.generators import InstalledTools
from bench.service.loading import LoadPlan, take_load
from bench.service_types import ServiceLoad, ServiceStart
from builders.engine import Engine
from builders.errors import SessionFailed, SlimbenchError, WrongAnswer
from builders.labels import KIND, KIND_SERVICE, MAKER
from builders.maker import own_mark
from builders.matrix import Limits
from builders.service_settings import ServiceSettings

pytestmark = [pytest.mark.engine, pytest.mark.variants]

LIMITS = Limits(cpu_set="0", threads=1, memory=1024**3)
SETTINGS = ServiceSettings(port=PORT, concurrencies=(1, 4), rates=(5,), seconds=1)
PICTURES = 4


@pytest.fixture(scope="module")
def answers(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """What a session of the same image answers."""
    folder: Path = tmp_path_factory.mktemp("pictures")
    folder.chmod(0o755)  # the container's user isn't ours
    pictures = [folder / f"{number}.jpg" for number in range(PICTURES)]
    for number, picture in enumerate(pictures):
        picture.write_bytes(good("JPEG", random.Random(number)))
    return collect_answers(engine, IMAGE, LIMITS, pictures, 5)


def measured(
    engine: Engine, answers: Answers, limits: Limits = LIMITS
) -> tuple[ServiceStart, ServiceLoad]:
    asking, one_kernel = Asking(answers, 5, 1e-4), engine.info().shares_host_kernel
    cpus = generator_cpus(limits.cpu_set, one_kernel=one_kernel)
    plan = LoadPlan(SETTINGS, limits, asking, cpus, one_kernel)
    try:
        return take_load(engine, service_spec(IMAGE, limits, PORT), plan, InstalledTools(), 0)
    finally:
        ours = own_mark()[MAKER]
        left = engine.remove_labelled({KIND: KIND_SERVICE, MAKER: ours})
        assert (left.containers, left.networks) == (0, 0)


def test_starts_and_load_are_measured_and_every_answer_is_right(
    engine: Engine, answers: Answers
) -> None:
    start, load = measured(engine, answers)
    assert 0 < start.ready_ns < start.first_answer_ns
    assert (start.health.backend, start.health.device) == ("onnx", "cpu")
    kinds = [(one.loop, one.concurrency or one.rate) for one in load.samples]
    assert kinds == [("closed", 1), ("closed", 4), ("open", 5)]
    for sample in load.samples:
        assert (sample.rejected, sample.errors) == (0, {})
        assert sample.latency_ns
        assert len(sample.latency_ns) <= sample.asked
        assert sample.generator_share > 0
    assert len(load.samples[-1].latency_ns) == 5
    if engine.info().shares_host_kernel:
        assert (load.peak_rss_bytes or 0) > 50_000_000
        assert all((sample.cpu_ns or 0) > 0 for sample in load.samples)


def test_a_wrong_answer_is_noticed(engine: Engine, answers: Answers) -> None:
    *others, last = answers.pictures
    changed = tuple(reversed(last.probs))
    wrong = replace(answers, pictures=(*others, Answer(last.picture, last.top, changed)))
    with pytest.raises(WrongAnswer, match=r"^3\.jpg: a warm-up request was answered wrong"):
        measured(engine, wrong)


def test_a_service_without_enough_memory_is_told_with_its_limit(
    engine: Engine, answers: Answers
) -> None:
    # Less than its imports need: with a little more it would read its files over and over.
    little = LIMITS.model_copy(update={"memory_bytes": 24 * 1024**2})
    with pytest.raises((SessionFailed, SlimbenchError)) as raised:
        measured(engine, answers, little)
    assert "out of memory at 24 MiB" in str(raised.value)
