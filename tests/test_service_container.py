"""A service's container: hardened as asked, and taken away with its network on every path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from session_programs import LIMITS

from bench.service.container import Service, service_spec, serving
from bench.service.memory import peak_rss_bytes, rss_bytes
from builders.container_config import creation_body
from builders.engine import ContainerSpec
from builders.errors import EngineError, SessionFailed
from builders.fake_container import FAKE_ADDRESS, Ending, Wait
from builders.fake_engine import FakeEngine
from builders.labels import KIND, KIND_SERVICE

IMAGE = "service:1"


def running(spec: ContainerSpec) -> Any:
    yield "serving"
    yield Wait.FOREVER


def killed(spec: ContainerSpec) -> Any:
    yield "out of it"
    return Ending(exit_code=137, oom_killed=True)


def engine_with(program: Any) -> FakeEngine:
    engine = FakeEngine({IMAGE: program})
    engine.add_image(IMAGE)
    return engine


def start(engine: FakeEngine) -> Service:
    with serving(engine, service_spec(IMAGE, LIMITS, 5000), 5000) as service:
        return service


def nothing_is_left(engine: FakeEngine) -> bool:
    removed = engine.remove_labelled({KIND: KIND_SERVICE})
    return (removed.containers, removed.networks) == (0, 0)


def test_it_is_hardened_and_limited() -> None:
    body = creation_body(service_spec(IMAGE, LIMITS, 5000))
    host = body["HostConfig"]
    assert body["Cmd"] == ["serve", "--port", "5000", "--threads", "1"]
    assert body["User"] == "65532:65532"
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert host["CpusetCpus"] == LIMITS.cpu_set
    assert host["Memory"] == host["MemorySwap"] == LIMITS.memory_bytes
    assert "PortBindings" not in host


def test_it_has_a_network_of_its_own_and_is_reached_at_its_address() -> None:
    engine = engine_with(running)
    with serving(engine, service_spec(IMAGE, LIMITS, 5000), 5000) as service:
        assert service.url("/ready") == f"http://{FAKE_ADDRESS}:5000/ready"
        (network,) = [name for call, name in engine.calls if call == "create_network"]
        assert service.spec.network == network
        assert engine.label_values(KIND) == {KIND_SERVICE}
    assert nothing_is_left(engine)


def test_it_is_taken_away_when_what_is_done_with_it_fails() -> None:
    engine = engine_with(running)
    with pytest.raises(RuntimeError), serving(engine, service_spec(IMAGE, LIMITS, 1), 1):
        raise RuntimeError
    assert nothing_is_left(engine)


def test_one_that_ends_at_once_is_told_with_its_last_words() -> None:
    engine = engine_with(killed)
    with pytest.raises(SessionFailed) as raised:
        start(engine)
    assert str(raised.value) == (
        "image service:1: ended with exit code 137 (out of memory at 2 GiB) while starting,"
        " after writing: out of it"
    )
    assert nothing_is_left(engine)


def test_one_that_can_not_be_created_leaves_no_network() -> None:
    engine = FakeEngine()
    with pytest.raises(EngineError):
        start(engine)
    assert nothing_is_left(engine)


def test_memory_is_read_from_the_kernel(tmp_path: Path) -> None:
    folder = tmp_path / "proc" / "7"
    folder.mkdir(parents=True)
    (folder / "status").write_text("Name:\tpython3\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n")
    assert peak_rss_bytes(7, tmp_path) == 2048 * 1024
    assert rss_bytes(7, tmp_path) == 1024 * 1024
    assert peak_rss_bytes(8, tmp_path) is None
