"""Programs for the in-memory engine that speak the session protocol, rightly or wrongly."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Mapping
from types import MappingProxyType
from typing import Any, Optional

from bench.answers import Answer, Answers, RankedClass
from builders.engine import ContainerSpec
from builders.fake_container import Output, Program, Result, Wait
from builders.fake_engine import FakeEngine
from builders.matrix import Limits
from inference import protocol

IMAGE = "variant:1"
LIMITS = Limits(cpu_set="0", threads=1)
PROBS = (0.5, 0.3, 0.2)
SERVICE_NS = 1000
PEAK_BYTES = 7_000_000
DESCRIPTION = {
    "python": "3.11.2",
    "compiler": "GCC 12.2.0",
    "build_flags": "--enable-shared",
    "packages": {"toy": "1.0"},
}

Reply = Callable[[dict[str, Any]], str]


def event(name: str, **fields: Any) -> str:
    return json.dumps({"event": name, "t_ns": time.monotonic_ns(), **fields})


def good_start() -> list[str]:
    return [
        event("started", protocol=protocol.PROTOCOL_VERSION, python="3.11.2"),
        event("imported", versions={"toy": "1.0"}),
        event("ready", backend="toy", model="m", weights="seeded", threads=3, notice=""),
    ]


def ranked(probs: tuple[float, ...], count: int) -> list[dict[str, Any]]:
    best = sorted(range(len(probs)), key=lambda one: -probs[one])[:count]
    return [
        {"rank": rank, "class_id": one, "label": f"class {one}", "prob": probs[one]}
        for rank, one in enumerate(best, start=1)
    ]


def batch_result(
    request: dict[str, Any], others: Mapping[int, tuple[float, ...]] = MappingProxyType({})
) -> str:
    """Right answers, but for the pictures at the places in `others`."""
    places = range(len(request["paths"]))
    tops = [ranked(others.get(place, PROBS), request["top"]) for place in places]
    elapsed = {"total": SERVICE_NS * request["id"]}
    return event("batch", id=request["id"], elapsed_ns=elapsed, tops=tops)


def result(request: dict[str, Any], probs: tuple[float, ...] = PROBS) -> str:
    top = ranked(probs, request["top"])
    more = {"probs": probs} if request.get("probs") else {}
    elapsed = {"total": SERVICE_NS * request["id"]}
    return event("result", id=request["id"], elapsed_ns=elapsed, top=top, **more)


def right_reply(request: dict[str, Any]) -> str:
    if request["op"] == "stats":
        return event("stats", id=request["id"], peak_rss_bytes=PEAK_BYTES, cpu_ns=1)
    if request["op"] == "describe":
        return event("description", id=request["id"], **DESCRIPTION)
    return batch_result(request) if request["op"] == "batch" else result(request)


def speaking(reply: Reply = right_reply, asked: Optional[list[dict[str, Any]]] = None) -> Program:
    """A good session whose answers come from `reply`; requests are noted in `asked`."""

    def program(spec: ContainerSpec) -> Generator[Output, Optional[str], Result]:
        yield ("stderr", "labels mean nothing")
        yield from good_start()
        while (line := (yield Wait.LINE)) is not None:
            request = json.loads(line)
            if asked is not None:
                asked.append(request)
            if request["op"] == "quit":
                break
            yield reply(request)
        yield event("bye")
        return 0

    return program


def saying(*outputs: Output, ending: Result = 0) -> Program:
    """Writes these lines, whatever it is asked, and ends."""

    def program(spec: ContainerSpec) -> Generator[Output, Optional[str], Result]:
        yield from outputs
        return ending

    return program


def engine_running(program: Program, engine: type[FakeEngine] = FakeEngine) -> FakeEngine:
    made = engine({IMAGE: program})
    made.add_image(IMAGE)
    return made


def leftovers(engine: FakeEngine) -> int:
    """How many containers were created and not removed."""
    return engine.remove_labelled({"io.slimbench.kind": "session"}).containers


def expected_answers(*pictures: str, probs: tuple[float, ...] = PROBS) -> Answers:
    best = sorted(range(len(probs)), key=lambda one: -probs[one])
    top = tuple(
        RankedClass(rank, one, f"class {one}", probs[one]) for rank, one in enumerate(best, start=1)
    )
    return Answers(pictures=tuple(Answer(picture, top, probs) for picture in pictures))
