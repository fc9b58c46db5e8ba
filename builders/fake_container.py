"""Containers of the in-memory engine: a scripted program instead of a process, and no waiting.

A program is a generator function over the container's spec:

    def echo(spec):
        while True:
            line = yield Wait.LINE  # the next line of standard input, None at its end
            if line is None:
                return 0            # the exit code, or an Ending
            yield line              # a line on standard output
            yield ("stderr", line)  # one on standard error

It runs at once as far as it can: to its end, a line that hasn't come, or `yield Wait.FOREVER`.
"""

from __future__ import annotations

import enum
import signal
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Optional, Union

from builders.container_stream import OutputLine
from builders.engine import ContainerSpec, ContainerState
from builders.errors import EngineError, SessionFailed


class Wait(enum.Enum):
    """What a program waits for."""

    LINE = "a line of standard input"
    FOREVER = "nothing: it hangs until it is killed"


@dataclass(frozen=True)
class Ending:
    """How a program ends, where an exit code isn't enough."""

    exit_code: int = 0
    oom_killed: bool = False
    error: str = ""


Output = Union[str, tuple[str, str], Wait]
Result = Union[int, Ending, None]
Program = Callable[[ContainerSpec], Generator[Output, Optional[str], Result]]
Clock = Callable[[], int]
FAKE_ADDRESS = "127.0.0.1"  # of a container on any network: a test may answer there
KILLED = Ending(exit_code=137)


class FakeContainer:
    """One container; `lines` is all it wrote."""

    def __init__(self, spec: ContainerSpec, clock: Clock, wall_clock: Clock) -> None:
        self.spec = spec
        self.lines: list[OutputLine] = []
        self.input_closed = not spec.interactive
        self._clock = clock
        self._wall_clock = wall_clock
        self._running: Optional[Generator[Output, Optional[str], Result]] = None
        self._waits_for: Optional[Wait] = None
        self._input: deque[str] = deque()
        self._started_at_ns = 0
        self._finished_at_ns = 0
        self._ending = Ending()

    @property
    def ended(self) -> bool:
        """Whether it was started and has come to its end."""
        return self._finished_at_ns > 0

    def start(self, program: Program) -> None:
        """Start it and let it run as far as it can."""
        self._running = program(self.spec)
        self._started_at_ns = self._wall_clock()
        self._go_on()

    def kill(self) -> None:
        """End it, whatever it does."""
        if self._running is not None:
            self._end(KILLED)

    def signal(self, name: str) -> None:
        """End of a signal; raises EngineError unless it runs."""
        if self._running is None:
            raise EngineError("it does not run", where=f"image {self.spec.image}")
        self._end(Ending(exit_code=128 + signal.Signals[name].value))

    def write(self, line: str) -> None:
        """One line to its standard input; raises SessionFailed when that is closed."""
        if self.input_closed or self.ended:
            raise SessionFailed("its standard input is closed", where=f"image {self.spec.image}")
        self._input.append(line)
        self._go_on()

    def close_input(self) -> None:
        """The end of its standard input."""
        self.input_closed = True
        self._go_on()

    def state(self) -> ContainerState:
        """Its state now."""
        return ContainerState(
            running=self._running is not None,
            exit_code=self._ending.exit_code,
            started_at_ns=self._started_at_ns,
            finished_at_ns=self._finished_at_ns,
            oom_killed=self._ending.oom_killed,
            error=self._ending.error,
            address=FAKE_ADDRESS if self._running and self.spec.network != "none" else "",
        )

    def _go_on(self) -> None:
        while self._running is not None and self._can_go_on():
            answer = self._input.popleft() if self._waits_for and self._input else None
            try:
                self._take(self._running.send(answer))
            except StopIteration as stop:
                self._end(stop.value)

    def _can_go_on(self) -> bool:
        if self._waits_for is Wait.LINE:
            return bool(self._input) or self.input_closed
        return self._waits_for is None

    def _take(self, output: Output) -> None:
        self._waits_for = output if isinstance(output, Wait) else None
        if not isinstance(output, Wait):
            stream, text = ("stdout", output) if isinstance(output, str) else output
            self.lines.append(OutputLine(stream, text, self._clock()))

    def _end(self, result: Result) -> None:
        self._running = None
        self._finished_at_ns = self._wall_clock()
        self._ending = result if isinstance(result, Ending) else Ending(exit_code=result or 0)


class FakeStream:
    """The streams of a fake container, from what it writes after attaching."""

    def __init__(self, container: FakeContainer) -> None:
        self._container = container
        self._position = len(container.lines)
        self._closed = False

    def write_line(self, text: str) -> None:
        """Write one line to standard input; raises SessionFailed when it is closed."""
        self._container.write(text)

    def read_line(self, timeout_s: float) -> Optional[OutputLine]:
        """The next line; None at the end; SessionFailed at once where a real one would wait."""
        if not self._closed and self._position < len(self._container.lines):
            self._position += 1
            return self._container.lines[self._position - 1]
        if self._closed or self._container.ended:
            return None
        raise SessionFailed(
            f"it wrote no line within {timeout_s:g} s", where=f"image {self._container.spec.image}"
        )

    def close_input(self) -> None:
        """Close the container's standard input, which ends a session."""
        self._container.close_input()

    def close(self) -> None:
        """Let go of the streams."""
        self._closed = True
