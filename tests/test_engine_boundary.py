"""The sentences for an engine that can't be reached."""

from __future__ import annotations

import errno
import os

import pytest

from builders.engine_boundary import require_recent, unavailable
from builders.errors import EngineUnavailable


def _as_the_sdk_raises(number: int) -> Exception:
    """An error of the system inside one of the HTTP library inside one of the SDK."""
    wrapped = ConnectionError("Connection aborted.", OSError(number, os.strerror(number)))
    error = RuntimeError(f"Error while fetching server API version: {wrapped}")
    error.__cause__ = wrapped
    return error


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOENT, r"no engine's socket; install and start .*install_dev_tools\.sh"),
        (errno.EACCES, r"may not open the engine's socket; run as root, or join the group docker"),
        (errno.ECONNREFUSED, r"the engine is not running; start it"),
        (errno.ETIMEDOUT, r"no usable engine answers: .*; check DOCKER_HOST"),
    ],
)
def test_each_trouble_has_its_sentence(number: int, words: str) -> None:
    error = unavailable(_as_the_sdk_raises(number), "unix:///engine.sock")
    assert error.exit_code == 4
    with pytest.raises(type(error), match=rf"^unix:///engine\.sock: .*{words}"):
        raise error


def test_errors_that_cause_each_other_end_the_search() -> None:
    first, second = RuntimeError("first"), RuntimeError("second")
    first.__cause__, second.__cause__ = second, first
    assert "check DOCKER_HOST" in str(unavailable(first, "unix:///engine.sock"))


def test_an_old_engine_is_told_with_both_versions() -> None:
    with pytest.raises(EngineUnavailable) as caught:
        require_recent("19.03", "1.40", "unix:///engine.sock")
    message = str(caught.value)
    assert message.startswith("unix:///engine.sock: engine 19.03 is too old; install")
    assert "20.10 or newer" in message


@pytest.mark.parametrize("api_version", ["1.41", "1.100", "2.0"])
def test_a_recent_engine_is_taken(api_version: str) -> None:
    require_recent("20.10", api_version, "unix:///engine.sock")
