"""The build stream's events as lines, an id, or a failure."""

from __future__ import annotations

from builders.image_build import BuildOutput


def _taken(*events: dict[str, object]) -> tuple[BuildOutput, list[str]]:
    lines: list[str] = []
    output = BuildOutput(lines.append, lambda stage: None)
    for event in events:
        output.take(event)
    output.finish()
    return output, lines


def test_pieces_become_lines() -> None:
    output, lines = _taken(
        {"stream": "Step 1/1 : FR"},
        {"stream": "OM x\n ---> 1\n"},
        {"aux": {"ID": "sha256:1"}},
        {"stream": "no newline"},
    )
    assert lines == ["Step 1/1 : FROM x", " ---> 1", "no newline"]
    assert output.image_id == "sha256:1"


def test_a_pulls_progress_is_left_out() -> None:
    _, lines = _taken(
        {"status": "Pulling fs layer", "id": "abc", "progressDetail": {}},
        {"status": "Downloading", "id": "abc", "progressDetail": {"current": 1, "total": 9}},
    )
    assert lines == ["abc Pulling fs layer"]


def test_a_failure_names_step_and_keeps_twenty_lines() -> None:
    output, lines = _taken(
        {"stream": "Step 1/2 : FROM x\n"},
        {"stream": "Step 2/2 : RUN make\n"},
        {"stream": "".join(f"line {n}\n" for n in range(30))},
        {"error": "it returned 2", "errorDetail": {"message": "it returned 2"}},
    )
    failure = output.failure("a:1", output.error)
    assert str(failure) == (
        "a:1, Step 2/2 : RUN make: it returned 2; read the end of its build log"
    )
    assert failure.log_tail == tuple(lines[-20:])


def test_the_last_line_is_what_the_failing_command_said() -> None:
    _, lines = _taken(
        {"stream": "Step 1/1 : RUN make\n"},
        {"stream": "\x1b[91mno rule to make\x1b[0m"},
        {"stream": "\x1b[91m\n\x1b[0m"},
        {"stream": "Removing intermediate container 0123456789ab\n"},
    )
    assert lines == ["Step 1/1 : RUN make", "no rule to make"]


def test_the_image_of_every_stage_is_noted_and_the_last_is_the_build_s() -> None:
    stages: list[str] = []
    output = BuildOutput(print, stages.append)
    for event in ({"aux": {"ID": "sha256:1"}}, {"aux": {}}, {"aux": {"ID": "sha256:2"}}):
        output.take(event)
    assert stages == ["sha256:1", "sha256:2"]
    assert output.image_id == "sha256:2"
