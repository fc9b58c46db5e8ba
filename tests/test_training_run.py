"""One training in a container: what is asked, what is recorded, and every way it goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from session_programs import IMAGE, engine_running, event, good_start, leftovers, saying
from training_programs import (
    CPU_NS,
    MEMORY,
    PEAK_RSS_BYTES,
    VERSIONS,
    WEIGHTS,
    TellingEngine,
    training,
)

from bench import training_memory, training_run
from bench.container_usage import ContainerUsage
from bench.training_run import TrainingLaunch, take_training
from bench.training_types import TrainingRun
from builders.engine import ContainerSpec, MemoryReading
from builders.errors import EngineError, SessionFailed
from builders.fake_container import Ending, Program, Wait
from builders.fake_engine import FakeEngine
from builders.matrix import Limits
from builders.training_settings import TrainingSettings

LAUNCH = TrainingLaunch(
    image=IMAGE,
    limits=Limits(cpu_set="1", threads=2, memory="512MiB"),
    settings=TrainingSettings(rounds=1, epochs=3, seed=7),
    one_kernel=False,
)


def take(program: Program, engine: type[FakeEngine] = TellingEngine) -> TrainingRun:
    made = engine_running(program, engine)
    try:
        return take_training(made, LAUNCH, (4, 1))
    finally:
        created = sum(call[0] == "create" for call in made.calls)
        assert (created, leftovers(made)) == (1, 0)


def failing(program: Program, engine: type[FakeEngine] = TellingEngine) -> str:
    with pytest.raises(SessionFailed) as caught:
        take(program, engine)
    return str(caught.value)


def test_what_is_recorded() -> None:
    found = take(training())
    assert (found.round, found.position) == (4, 1)
    assert (found.seed, found.epochs, found.threads_used) == (7, 3, 2)
    assert found.losses == (1.0, 1 / 2, 1 / 3)
    assert found.weights == WEIGHTS
    assert found.accuracy == 0.75
    assert found.versions == VERSIONS
    assert (found.peak_rss_bytes, found.process_cpu_ns) == (PEAK_RSS_BYTES, CPU_NS)
    assert [one.used_bytes for one in found.memory] == list(MEMORY)
    after = [one.after_ns for one in found.memory]
    assert after == sorted(after)
    assert after[0] > 0
    assert 0 < found.imports_ns < found.running_ns
    assert found.container_ns > 0


def test_what_is_asked() -> None:
    engine = engine_running(training(), TellingEngine)
    take_training(engine, LAUNCH, (0, 0))
    (spec,) = (call[1] for call in engine.calls if call[0] == "create")
    assert isinstance(spec, ContainerSpec)
    wanted = ("train", "--seed", "7", "--epochs", "3", "--threads", "2", "--wait")
    assert spec.command == wanted
    assert (spec.network, spec.cpu_set, spec.memory_bytes) == ("none", "1", 512 * 1024**2)
    assert spec.mounts == ()


def test_the_account_is_read_before_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_running(training(), TellingEngine)
    running: list[bool] = []

    def usage(pid: int) -> ContainerUsage:
        states = [engine.state(call[1]) for call in engine.calls if call[0] == "start"]  # type: ignore[arg-type]
        running.extend(state.running for state in states)
        return ContainerUsage(cpu_ns=11, peak_bytes=12)

    monkeypatch.setattr(training_run, "container_usage", usage)
    launch = TrainingLaunch(IMAGE, LAUNCH.limits, LAUNCH.settings, one_kernel=True)
    found = take_training(engine, launch, (0, 0))
    assert running == [True]
    assert (found.cpu_ns, found.cgroup_peak_bytes) == (11, 12)


def test_another_kernel_s_account_is_not_read() -> None:
    found = take(training())
    assert (found.cpu_ns, found.cgroup_peak_bytes) == (None, None)


def test_an_image_of_another_protocol() -> None:
    told = failing(saying(event("started", protocol=1, python="3.11")))
    assert "speaks version 1 of the protocol, not" in told
    assert "; build it again" in told


def test_one_that_can_not_import_torch() -> None:
    start = good_start()[0]
    error = event("error", id=None, code="model-unusable", message="torch can't be imported (x)")
    told = failing(saying(start, error, event("bye"), ending=1))
    assert "answered model-unusable: torch can't be imported (x) while getting ready" in told
    assert f"`docker run --rm -i {IMAGE} train` shows what it does" in told


def test_one_that_is_killed_for_memory() -> None:
    told = failing(saying(*good_start()[:2], ending=Ending(137, oom_killed=True)))
    assert "ended with exit code 137 (out of memory at 512 MiB)" in told


def test_one_that_stops_half_way() -> None:
    told = failing(saying(*good_start()[:2], event("epoch", epoch=1, loss=0.5), ending=1))
    assert "ended with exit code 1" in told


def test_one_that_hangs() -> None:
    told = failing(saying(*good_start()[:2], Wait.FOREVER))
    assert "it wrote no line within 300 s" in told


@pytest.mark.parametrize("trained", [{"seed": 8}, {"epochs": 2}])
def test_one_that_trained_something_else(trained: dict[str, int]) -> None:
    told = failing(training(**trained))
    assert "with seed" in told
    assert "not 3 with 7" in told


def test_a_weight_that_is_no_number_is_no_answer() -> None:
    told = failing(training({"bias": float("nan")}))
    assert "where trained was due" in told


def test_one_that_goes_on_after_its_goodbye() -> None:
    good = training()

    def program(spec: ContainerSpec):  # type: ignore[no-untyped-def]
        yield from good(spec)
        yield "more"
        return 0

    assert "wrote 'more' after its goodbye" in failing(program)


def test_statistics_that_fail_fail_the_training() -> None:
    class Failing(FakeEngine):
        def memory_statistics(self, container: str) -> Iterator[MemoryReading]:
            raise EngineError("no statistics here")

    with pytest.raises(EngineError, match="no statistics here"):
        take(training(), Failing)


def test_statistics_that_never_end_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading  # noqa: PLC0415

    over = threading.Event()

    class Endless(FakeEngine):
        def memory_statistics(self, container: str) -> Iterator[MemoryReading]:
            over.wait(30)
            return iter(())

    monkeypatch.setattr(training_memory, "ENDING_TIMEOUT_S", 0.01)
    with pytest.raises(EngineError, match="its statistics go on after its end"):
        take(training(), Endless)
    over.set()
