"""Where the SDK's errors become ours: one context manager, one table, and the words for each."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Optional

import requests
from urllib3.exceptions import ReadTimeoutError

from builders.errors import EngineUnavailable, ImageNotFound, SessionFailed, SlimbenchError

OLDEST_VERSION, OLDEST_API = "20.10", (1, 41)
Table = Mapping[type[Exception], type[SlimbenchError]]

_NEXT_STEPS: Mapping[type[SlimbenchError], str] = {
    EngineUnavailable: "check that the engine still runs: docker version",
    ImageNotFound: "build or pull it first",
}

# What opening the engine's socket says, as (what is wrong, what to do).
_SOCKET_TROUBLE: Mapping[int, tuple[str, str]] = {
    errno.ENOENT: (
        "there is no engine's socket",
        "install and start a Docker engine: bash install_dev_tools.sh",
    ),
    errno.EACCES: (
        "this user may not open the engine's socket",
        "run as root, or join the group docker and log in again",
    ),
    errno.ECONNREFUSED: (
        "the engine is not running",
        "start it: systemctl start docker, or dockerd where nothing manages services",
    ),
}


@contextmanager
def translating(table: Table, what: str, where: str = "") -> Iterator[None]:
    """Raise ours instead of any error in `table` (or derived from one), the nearest entry's.

    Args:
        table: foreign error classes and what they become.
        what: the operation, as in "the engine can't {what}".
        where: the image, container or network it is about.
    """
    try:
        yield
    except tuple(table) as error:
        ours = next(table[kind] for kind in type(error).__mro__ if kind in table)
        words = getattr(error, "explanation", None) or str(error) or type(error).__name__
        raise ours(
            f"the engine can't {what}: {words.strip()}",
            where=where,
            next_step=_NEXT_STEPS.get(ours, ""),
        ) from error


@contextmanager
def ending_within(timeout_s: float, container: str) -> Iterator[None]:
    """Raise SessionFailed when the engine's answer to "wait" takes longer than the request may."""
    try:
        yield
    except requests.RequestException as error:
        # A time-out after the answer's head has come is wrapped as a connection error.
        cause = error.args[0] if error.args else None
        if not isinstance(error, requests.Timeout) and not isinstance(cause, ReadTimeoutError):
            raise
        raise SessionFailed(
            f"it still runs after {timeout_s:g} s",
            where=f"container {container[:12]}",
            next_step="run its image by hand to see what it does",
        ) from error


def succeeds(action: Callable[[], object], *, unless: tuple[int, ...]) -> bool:
    """Do it; False when the engine answers with one of these HTTP statuses instead."""
    try:
        action()
    except requests.HTTPError as error:  # the SDK's APIError is one
        if error.response is None or error.response.status_code not in unless:
            raise
        return False
    return True


def unavailable(error: BaseException, address: str) -> EngineUnavailable:
    """The sentence for an engine at `address` that can't be reached, from the error's causes."""
    number = _errno(error)
    if number in _SOCKET_TROUBLE:
        what, next_step = _SOCKET_TROUBLE[number]
        return EngineUnavailable(what, where=address, next_step=next_step)
    return EngineUnavailable(
        f"no usable engine answers: {error}",
        where=address,
        next_step="check DOCKER_HOST and the engine's own log",
    )


def no_such_image(reference: str) -> ImageNotFound:
    """The sentence for an image that the engine doesn't hold."""
    return ImageNotFound(
        "the engine holds no such image", where=reference, next_step="build or pull it first"
    )


def require_recent(version: str, api_version: str, address: str) -> None:
    """Raises EngineUnavailable for an engine that answers but can't do what is needed."""
    if tuple(int(part) for part in api_version.split(".")) < OLDEST_API:
        raise EngineUnavailable(
            f"engine {version} is too old",
            where=address,
            next_step=f"install Docker Engine {OLDEST_VERSION} or newer: bash install_dev_tools.sh",
        )


def _errno(error: BaseException) -> int:
    """The operating system's number behind an error: in it, its arguments or its causes; or 0."""
    waiting: list[Optional[object]] = [error]
    seen: set[int] = set()
    while waiting:
        candidate = waiting.pop()
        if not isinstance(candidate, BaseException) or id(candidate) in seen:
            continue
        seen.add(id(candidate))
        if isinstance(candidate, OSError) and isinstance(candidate.errno, int):
            return candidate.errno
        reason = getattr(candidate, "reason", None)  # where urllib3 keeps what ended its retries
        waiting += [*candidate.args, reason, candidate.__cause__, candidate.__context__]
    return 0
