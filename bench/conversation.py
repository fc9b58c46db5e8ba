"""Requests to a session's container and its events, every failure told in words."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from itertools import count
from typing import Any, Generic, NoReturn, Optional, TypeVar

from bench.endings import ending
from bench.events import (
    BatchResult,
    Bye,
    Description,
    Epoch,
    Error,
    Imported,
    Ready,
    Result,
    Started,
    Stats,
    Trained,
    parse_event,
)
from builders.container_stream import OutputLine
from builders.engine import ContainerSpec, Engine
from builders.errors import SessionFailed
from inference import protocol

ANSWER_TIMEOUT_S = 60.0
ENDING_TIMEOUT_S = 10.0  # from the end of output to the end of the process
TAIL_LINES = 3
LONGEST_QUOTE = 200  # characters of a line in an error message

SomeEvent = TypeVar(
    "SomeEvent",
    Started,
    Imported,
    Ready,
    Result,
    BatchResult,
    Description,
    Stats,
    Epoch,
    Trained,
    Bye,
)


@dataclass(frozen=True)
class Received(Generic[SomeEvent]):
    """An event, and the host's clock when its line had been read."""

    event: SomeEvent
    received_ns: int


@dataclass(frozen=True)
class Answered(Generic[SomeEvent]):
    """An answer, and the host's clock before its request and when its line had been read."""

    event: SomeEvent
    sent_ns: int
    received_ns: int

    @property
    def round_trip_ns(self) -> int:
        """Request to answer, as the host sees it."""
        return self.received_ns - self.sent_ns


class Conversation:
    """The two ends of a container's standard streams; attach before the container starts."""

    def __init__(self, engine: Engine, container: str, spec: ContainerSpec) -> None:
        self.where = f"image {spec.image}"
        word = spec.command[0] if spec.command else ""
        self._next_step = f"`docker run --rm -i {spec.image} {word}` shows what it does"
        self._engine = engine
        self._container = container
        self._memory_bytes = spec.memory_bytes
        self._stream = engine.attach(container)
        self._ids = count(1)
        self._doing = "getting ready"
        self._notes: list[str] = []

    def ask(self, kind: type[SomeEvent], op: str, **fields: Any) -> Answered[SomeEvent]:
        """Send a request and read its answer.

        Raises:
            SessionFailed: another event came, for another request, an error, or none in time.
        """
        number = next(self._ids)
        sent_ns = self.tell(op, id=number, **fields)
        answer = self.expect(kind, ANSWER_TIMEOUT_S)
        if getattr(answer.event, "id", None) != number:
            self._fail(f"answered another request than number {number}")
        return Answered(answer.event, sent_ns, answer.received_ns)

    def tell(self, op: str, **fields: Any) -> int:
        """Send a request without waiting; the host's clock before it was sent."""
        self._doing = " ".join(["answering", op, *filter(None, [fields.get("path")])])
        line = json.dumps({protocol.OP: op, **fields})
        sent_ns = time.monotonic_ns()
        try:
            self._stream.write_line(line)
        except SessionFailed as error:
            self._fail_ended(error)
        return sent_ns

    def expect(self, kind: type[SomeEvent], timeout_s: float) -> Received[SomeEvent]:
        """The next event, which must be of this kind."""
        line = self._next_output(timeout_s)
        if line is None:
            self._fail_ended()
        event = parse_event(line.text)
        if isinstance(event, kind):
            return Received(event, line.received_ns)
        if isinstance(event, Bye):  # on its way out: how it ends says more
            self._fail_ended()
        if isinstance(event, Error):
            self._fail(f"answered {event.code}: {_short(event.message)}")
        return self._fail(f"wrote {_quoted(line.text)} where {kind.__name__.lower()} was due")

    def end_input(self) -> None:
        """Close its standard input: there is nothing more to tell it."""
        self._doing = "ending"
        self._stream.close_input()

    def pid(self) -> int:
        """Its process as the engine's machine numbers it; 0 where that isn't known."""
        return self._engine.state(self._container).pid

    def wait(self, timeout_s: float) -> int:
        """Wait for its end, which must be a good one; the host's clock then."""
        try:
            state = self._engine.wait(self._container, timeout_s)
        except SessionFailed as error:
            self._fail(error.what, error)
        ended_ns = time.monotonic_ns()
        if state.exit_code != 0:
            self._fail_ended()
        return ended_ns

    def expect_goodbye(self) -> None:
        """The last event must be there, and nothing behind it."""
        self.expect(Bye, ENDING_TIMEOUT_S)
        line = self._next_output(ENDING_TIMEOUT_S)
        if line is not None:
            self._fail(f"wrote {_quoted(line.text)} after its goodbye")

    def close(self) -> None:
        """Let go of the streams."""
        self._stream.close()

    def _next_output(self, timeout_s: float) -> Optional[OutputLine]:
        """The next line of standard output; what comes on standard error before it is kept."""
        deadline = time.monotonic() + timeout_s
        try:
            line = self._stream.read_line(timeout_s)
            while line is not None and line.stream == "stderr":
                self._notes.append(line.text)
                line = self._stream.read_line(deadline - time.monotonic())
        except SessionFailed as error:
            self._fail(error.what, error)
        return line

    def _fail_ended(self, cause: Optional[SessionFailed] = None) -> NoReturn:
        """Its output or input is closed: say how it ended, if it did."""
        try:
            state = self._engine.wait(self._container, ENDING_TIMEOUT_S)
        except SessionFailed as error:
            self._fail("closed its streams, but runs on", cause or error)
        self._drain()
        self._fail(ending(state, self._memory_bytes), cause)

    def _drain(self) -> None:
        while self._next_output(ENDING_TIMEOUT_S) is not None:
            pass

    def _fail(self, what: str, cause: Optional[BaseException] = None) -> NoReturn:
        notes = [short for short in map(_short, self._notes) if short]
        tail = " | ".join(notes[-TAIL_LINES:])
        said = f", after writing: {tail}" if tail else ""
        raise SessionFailed(
            f"{what} while {self._doing}{said}", where=self.where, next_step=self._next_step
        ) from cause


def _quoted(text: str) -> str:
    return repr(text[:LONGEST_QUOTE])


def _short(text: str) -> str:
    """On one line, its end kept, since that is where a reason stands."""
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_QUOTE else f"...{words[-LONGEST_QUOTE:]}"
