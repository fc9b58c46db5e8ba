"""Programs for the in-memory engine: sessions that say what they compute on."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Optional

from session_programs import event, right_reply

from builders.engine import ContainerSpec
from builders.fake_container import Output, Program, Result, Wait
from inference import protocol

NO_DRIVER = "there is no NVIDIA driver (libcuda.so.1) here"


def started(device: str, fallback: str = "") -> list[str]:
    """The events of a good start."""
    return [
        event("started", protocol=protocol.PROTOCOL_VERSION, python="3.11.2"),
        event("imported", versions={"toy": "1.0"}),
        event("ready", threads=1, device=device, fallback=fallback),
    ]


def on_device(device: str, fallback: str = "") -> Program:
    """A good session that computes on this device."""

    def program(spec: ContainerSpec) -> Generator[Output, Optional[str], Result]:
        yield from started(device, fallback)
        while (line := (yield Wait.LINE)) is not None:
            request = json.loads(line)
            if request["op"] == "quit":
                break
            yield right_reply(request)
        yield event("bye")
        return 0

    return program
