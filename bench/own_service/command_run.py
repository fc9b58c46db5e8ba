"""One run of a command: a fresh container, from its creation to its end, and what it said."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn, Optional

from bench.endings import ending
from bench.own_service.judging import Given
from bench.own_service.watching import Watched, watching
from bench.process_starts import listening
from bench.service.container import LONGEST_TAIL, TAIL_LINES
from builders.container_stream import ContainerStream, OutputLine
from builders.engine import ContainerSpec, Engine
from builders.errors import SessionFailed
from builders.own_container import own_container

LONGEST_OUTPUT = 16 * 1024**2  # characters


@dataclass(frozen=True)
class CommandRun:
    """The host's stamps, what it answered and what it used.

    Attributes:
        create_ns: before the create call.
        created_ns: the engine had answered it.
        began_ns: exec of its process; None where the kernel doesn't tell.
        ended_ns: the engine said that it has ended.
    """

    create_ns: int
    created_ns: int
    began_ns: Optional[int]
    ended_ns: int
    given: Given
    watched: Watched


def run_command(
    engine: Engine, spec: ContainerSpec, timeout_s: float, one_kernel: bool
) -> CommandRun:
    """Create a container, start it, wait for its end, and remove it in any case.

    Raises:
        SessionFailed: it ran longer than `timeout_s`, was killed for its memory, or said too much.
        EngineError: the engine can't create or start it.
    """
    create_ns = time.monotonic_ns()
    with listening(one_kernel) as starts, own_container(engine, spec) as container:
        created_ns = time.monotonic_ns()
        stream = engine.attach(container)
        try:
            engine.start(container)
            pid = engine.state(container).pid if one_kernel else 0
            with watching(pid) as watched:
                lines = tuple(_lines(stream, spec, created_ns, timeout_s))
                state = engine.wait(container, timeout_s)
                ended_ns = time.monotonic_ns()
        finally:
            stream.close()
        began_ns = starts.began_ns(pid)
    if state.oom_killed:
        _fail(ending(state, spec.memory_bytes), lines, spec)
    output = "\n".join(line.text for line in lines if line.stream == "stdout")
    given = Given(state.exit_code, output if output or not state.exit_code else _tail(lines))
    return CommandRun(create_ns, created_ns, began_ns, ended_ns, given, watched.reading)


def _lines(
    stream: ContainerStream, spec: ContainerSpec, created_ns: int, timeout_s: float
) -> Iterator[OutputLine]:
    """All it writes, on both streams, until it ends."""
    deadline = created_ns / 1e9 + timeout_s
    seen: list[OutputLine] = []
    length = 0
    while True:
        try:
            line = stream.read_line(max(deadline - time.monotonic(), 0.001))
        except SessionFailed:
            _fail(f"ran longer than {timeout_s:g} s", seen, spec)
        if line is None:
            return
        seen.append(line)
        length += len(line.text)
        if length > LONGEST_OUTPUT:
            _fail(f"wrote more than {LONGEST_OUTPUT // 1024**2} MiB", seen, spec)
        yield line


def _fail(what: str, lines: Sequence[OutputLine], spec: ContainerSpec) -> NoReturn:
    tail = _tail(lines)
    said = f", after writing: {tail}" if tail else ""
    raise SessionFailed(f"{what}{said}", where=f"image {spec.image}")


def _tail(lines: Sequence[OutputLine]) -> str:
    """The last lines of both streams, on one."""
    return " | ".join(line.text for line in lines[-TAIL_LINES:])[-LONGEST_TAIL:]
