"""Stamps of one cold start to its phases: pure; `docs/phases.md` says what bounds each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from bench.sample_types import Phases
from builders.errors import SessionFailed


@dataclass(frozen=True)
class Timeline:
    """Stamps in nanoseconds: the host's CLOCK_MONOTONIC, and the container's.

    Attributes:
        create_ns: host, before the create call.
        created_ns: host, the engine has answered it.
        process_ns: host, exec of the process; None where it isn't known.
        started_ns: container, first statement of the entry point.
        imported_ns: container.
        ready_ns: container, model loaded.
        ready_received_ns: host, the ready line read.
        answered_ns: host, the first right answer read.
        quit_ns: host, before the request to quit.
        ended_ns: host, the engine said that the container has ended.
        one_clock: the container's clock is the host's.
    """

    create_ns: int
    created_ns: int
    process_ns: Optional[int]
    started_ns: int
    imported_ns: int
    ready_ns: int
    ready_received_ns: int
    answered_ns: int
    quit_ns: int
    ended_ns: int
    one_clock: bool


def phases(stamps: Timeline) -> Phases:
    """The phases, contiguous, so that they sum to `answered_ns - create_ns` exactly.

    On two clocks only differences of one clock are used: the ready line's way to the host then
    counts to the launch, and the launch isn't split.

    Raises:
        SessionFailed: a phase is negative, which means that the stamps aren't what they should be.
    """
    on_one_line = stamps.one_clock
    started_to_ready = stamps.ready_ns - stamps.started_ns
    ready_on_host = stamps.ready_ns if on_one_line else stamps.ready_received_ns
    began = stamps.process_ns if on_one_line else None
    found = Phases(
        launch_ns=ready_on_host - started_to_ready - stamps.create_ns,
        create_ns=stamps.created_ns - stamps.create_ns,
        engine_ns=None if began is None else began - stamps.create_ns,
        imports_ns=stamps.imported_ns - stamps.started_ns,
        model_load_ns=stamps.ready_ns - stamps.imported_ns,
        first_answer_ns=stamps.answered_ns - ready_on_host,
        stop_ns=stamps.ended_ns - stamps.quit_ns,
    )
    _check(found)
    return found


def _check(found: Phases) -> None:
    # A phase clamped at 0 would hide that two clocks were mixed up.
    parts = {"engine_start_ns": found.engine_start_ns, "interpreter_ns": found.interpreter_ns}
    durations = {**found.model_dump(), **parts}
    for name, duration_ns in durations.items():
        if duration_ns is not None and duration_ns < 0:
            raise SessionFailed(
                f"phase {name[: -len('_ns')]} came out at {duration_ns / 1e6:.3f} ms",
                next_step="the container's clock isn't the host's, or the host's was set back",
            )
