"""What came instead of an answer, in words; no text of requests or urllib3 is passed on."""

from __future__ import annotations

import socket
import ssl

import requests
import urllib3

DEPTH = 12  # of the errors inside each other; more than there ever are


class Unexpected(Exception):  # noqa: N818 - reads as the state it is
    """An answer that isn't what the interface says; its text tells what came."""


class Unanswered(Unexpected):
    """No whole answer came; `connected` is False where not even a connection was made."""

    def __init__(self, came: str, *, connected: bool = True) -> None:
        super().__init__(came)
        self.connected = connected


def unanswered(error: Exception, timeout_s: float) -> Unanswered:
    """An error of requests or urllib3 as one sentence."""
    inner = _inner(error)
    if isinstance(error, ValueError):  # requests.InvalidURL, or what the codec of host names says
        return Unanswered("no host can have this name", connected=False)
    certificate = _first(inner, ssl.SSLCertVerificationError)
    if certificate is not None:
        return Unanswered(f"its certificate isn't trusted: {_reason(certificate)}", connected=False)
    tls = _first(inner, ssl.SSLError)
    if tls is not None:
        return Unanswered(f"TLS fails: {_reason(tls)}", connected=False)
    # The only one of these without a connection, as nothing is retried.
    if _first(inner, urllib3.exceptions.MaxRetryError) is not None:
        return Unanswered(_no_connection(inner, timeout_s), connected=False)
    if isinstance(error, (requests.Timeout, urllib3.exceptions.TimeoutError)):
        return too_late(timeout_s)
    return Unanswered("the connection ended without a whole HTTP answer")


def too_late(timeout_s: float) -> Unanswered:
    """Nothing, or not all of it, came in time."""
    return Unanswered(f"no whole answer within {timeout_s:g} s")


def _no_connection(inner: list[BaseException], timeout_s: float) -> str:
    if _first(inner, socket.gaierror) is not None:
        return "there is no host of this name"
    if _first(inner, urllib3.exceptions.ProxyError) is not None:
        return "the proxy that the environment names doesn't answer"
    if _first(inner, ConnectionRefusedError) is not None:
        return "nothing listens there"
    if _first(inner, urllib3.exceptions.ConnectTimeoutError) is not None:
        return f"no connection within {timeout_s:g} s"
    last = inner[-1]
    reason = last.strerror if isinstance(last, OSError) else None
    return f"no connection: {reason or type(last).__name__}"


def _inner(error: BaseException) -> list[BaseException]:
    """The error and those that it wraps: as its cause, its `reason`, its argument, its context."""
    found: list[BaseException] = []
    one: object = error
    while isinstance(one, BaseException) and len(found) < DEPTH:
        found.append(one)
        argument = one.args[0] if one.args else None
        wrapped = (one.__cause__, getattr(one, "reason", None), argument, one.__context__)
        one = next((each for each in wrapped if isinstance(each, BaseException)), None)
    return found


def _first(errors: list[BaseException], kind: type[BaseException]) -> BaseException | None:
    return next((error for error in errors if isinstance(error, kind)), None)


def _reason(error: BaseException) -> str:
    told = getattr(error, "verify_message", None) or getattr(error, "reason", None)
    return str(told or type(error).__name__)
