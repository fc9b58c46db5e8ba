"""A session from creation to removal: its container, its events, its failures in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from session_programs import (
    IMAGE,
    LIMITS,
    engine_running,
    event,
    good_start,
    leftovers,
    right_reply,
    saying,
    speaking,
)

from bench.events import Result, Stats
from bench.session import Launch, session
from builders.engine import ContainerSpec, ContainerState, Mount
from builders.errors import EngineError, SessionFailed
from builders.fake_container import Ending, Wait
from builders.fake_engine import FakeEngine
from builders.maker import own_mark

LAUNCH = Launch(IMAGE, LIMITS, (Mount(Path("/pictures"), "/data/0"),))
FOREIGN = "Traceback: no JSON"


def ask_and_stop(engine: FakeEngine) -> None:
    with session(engine, LAUNCH) as running:
        running.ask(Result, "predict", path="/data/0/a.png", top=2)
        running.stop()


def failure(program, engine: type[FakeEngine] = FakeEngine) -> str:
    made = engine_running(program, engine)
    with pytest.raises(SessionFailed) as caught:
        ask_and_stop(made)
    assert leftovers(made) == 0
    return str(caught.value)


def test_asks_and_stops():
    engine = engine_running(speaking())
    with session(engine, LAUNCH) as running:
        stats = running.ask(Stats, "stats")
        answer = running.ask(Result, "predict", path="/data/0/a.png", top=2)
        stop = running.stop()
    assert stats.event.peak_rss_bytes > 0
    assert [ranked.label for ranked in answer.event.top] == ["class 0", "class 1"]
    assert running.startup.ready.threads == 3
    stamps = [
        running.startup.create_ns,
        running.startup.ready_received_ns,
        stats.sent_ns,
        stats.received_ns,
        answer.sent_ns,
        answer.received_ns,
        stop.quit_ns,
        stop.ended_ns,
    ]
    assert stamps == sorted(stamps)
    assert answer.round_trip_ns == answer.received_ns - answer.sent_ns
    assert leftovers(engine) == 0


def test_container_gets_the_limits_and_no_network():
    engine = engine_running(speaking())
    ask_and_stop(engine)
    (spec,) = [made for name, made in engine.calls if name == "create"]
    assert isinstance(spec, ContainerSpec)
    assert spec.image == IMAGE
    assert spec.entrypoint is None
    assert spec.command == ("session", "--threads", str(LIMITS.threads))
    assert (spec.cpu_set, spec.memory_bytes) == (LIMITS.cpu_set, LIMITS.memory_bytes)
    assert spec.network == "none"
    assert spec.mounts == LAUNCH.mounts
    assert spec.mounts[0].read_only
    assert spec.interactive
    assert spec.labels == {"io.slimbench.kind": "session", **own_mark()}


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_removed_when_the_block_is_left_by(error):
    engine = engine_running(speaking())
    with pytest.raises(error), session(engine, LAUNCH):
        raise error
    assert leftovers(engine) == 0


def test_removed_when_it_cant_be_started():
    engine = FakeEngine()
    engine.add_image(IMAGE)
    with pytest.raises(EngineError, match="no program to start"):
        ask_and_stop(engine)
    assert leftovers(engine) == 0


class BrokenOff(FakeEngine):
    """The answer to the create call doesn't arrive."""

    def create(self, spec: ContainerSpec) -> str:
        super().create(spec)
        raise KeyboardInterrupt


def test_removed_by_name_when_creation_is_broken_off():
    engine = engine_running(speaking(), BrokenOff)
    with pytest.raises(KeyboardInterrupt):
        ask_and_stop(engine)
    (spec,) = [made for name, made in engine.calls if name == "create"]
    assert ("remove", spec.name) in engine.calls


class RunsOn(FakeEngine):
    """The process lives longer than its streams, or than it was asked to."""

    def wait(self, container: str, timeout_s: float) -> ContainerState:
        raise SessionFailed(f"it still runs after {timeout_s:g} s", where=container)


START = good_start()
BYE = event("bye")
GETTING_READY = "while getting ready"
ANSWERING = "while answering predict /data/0/a.png"
QUITTING = "while answering quit"
OOM = Ending(137, oom_killed=True)
UNUSABLE = event("error", id=None, code="model-unusable", message="no model\n  here")


def quitting_with(*outputs, ending=0):
    def program(spec):
        yield from good_start()
        while (line := (yield Wait.LINE)) is not None:
            request = json.loads(line)
            if request["op"] == "quit":
                yield from outputs
                return ending
            yield right_reply(request)
        return 0

    return program


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (saying(ending=1), f"ended with exit code 1 {GETTING_READY}"),
        (saying(START[0], ending=OOM), f"exit code 137 (out of memory at 2 GiB) {GETTING_READY}"),
        (saying(ending=132), f"exit code 132 (SIGILL) {GETTING_READY}"),
        (saying(START[0], Wait.FOREVER), f"it wrote no line within 120 s {GETTING_READY}"),
        (saying(FOREIGN), f"wrote 'Traceback: no JSON' where started was due {GETTING_READY}"),
        (saying(START[1]), f"where started was due {GETTING_READY}"),
        (saying(START[0], UNUSABLE), f"answered model-unusable: no model here {GETTING_READY}"),
        (saying(event("started", protocol=1)), "speaks version 1 of the protocol, not 2"),
        (saying(*START, ending=3), f"ended with exit code 3 {ANSWERING}"),
        (saying(*START, Wait.FOREVER), f"it wrote no line within 60 s {ANSWERING}"),
        (speaking(lambda request: FOREIGN), f"where result was due {ANSWERING}"),
        (
            speaking(lambda request: right_reply({**request, "id": 9})),
            f"answered another request than number 1 {ANSWERING}",
        ),
        (
            speaking(lambda request: event("error", id=1, code="not-found", message="no file")),
            f"answered not-found: no file {ANSWERING}",
        ),
        (saying(*START, BYE, ending=OOM), f"exit code 137 (out of memory at 2 GiB) {ANSWERING}"),
        (saying(START[0], BYE), f"ended with exit code 0 {GETTING_READY}"),
        (quitting_with(ending=1), f"ended with exit code 1 {QUITTING}"),
        (quitting_with(), f"ended with exit code 0 {QUITTING}"),
        (quitting_with(Wait.FOREVER), f"it still runs after 30 s {QUITTING}"),
        (quitting_with(BYE, FOREIGN), f"wrote 'Traceback: no JSON' after its goodbye {QUITTING}"),
    ],
)
def test_failure_in_words(program, said):
    message = failure(program)
    assert said in message
    assert message.startswith(f"image {IMAGE}: ")


def test_failure_quotes_the_last_lines_of_standard_error():
    notes = [("stderr", text) for text in ("first", " ", "one", "two", "x" * 300 + "end")]
    message = failure(saying(*notes, ending=1))
    quoted = "..." + "x" * 197 + "end"
    assert f"after writing: one | two | {quoted}; " in message
    assert f"`docker run --rm -i {IMAGE} session` shows what it does" in message


def test_failure_keeps_what_it_wrote_to_the_end():
    program = saying(*START, ("stderr", "why it ended"), ending=1)
    assert "after writing: why it ended" in failure(program)


def test_failure_when_its_streams_close_but_it_runs_on():
    assert "closed its streams, but runs on" in failure(saying(*START), RunsOn)
