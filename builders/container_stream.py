"""What a container writes and is told, line by line; a part of the seam in `builders.engine`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Protocol


@dataclass(frozen=True)
class OutputLine:
    """One line a container wrote, and when the host had read it (`time.monotonic_ns`)."""

    stream: str  # "stdout" or "stderr"
    text: str
    received_ns: int


class ContainerStream(Protocol):
    """A container's standard streams, attached before it starts."""

    def write_line(self, text: str) -> None:
        """Write one line to standard input; raises SessionFailed when it is closed."""

    def read_line(self, timeout_s: float) -> Optional[OutputLine]:
        """The next line; None at the end of output; raises SessionFailed after `timeout_s`."""

    def close_input(self) -> None:
        """Close the container's standard input, which ends a session."""

    def close(self) -> None:
        """Let go of the streams."""
