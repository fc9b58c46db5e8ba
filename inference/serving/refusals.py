"""Everything that the service answers with an error: a status, a code, one sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Optional

from inference import protocol
from inference.failures import InferenceError

# Codes that a session doesn't know; the others are those of `inference.protocol`.
WRONG_TYPE = "wrong-type"
WRONG_METHOD = "wrong-method"
TOO_SLOW = "too-slow"
BUSY = "busy"
LOADING = "loading"
DRAINING = "draining"
INTERNAL = "internal"

STATUS = {
    protocol.BAD_REQUEST: 400,
    protocol.CUT_OFF: 400,
    protocol.NOT_FOUND: 404,
    protocol.UNREADABLE: 404,
    protocol.TOO_LARGE: 413,
    protocol.NOT_AN_IMAGE: 415,
    protocol.UNSUPPORTED: 415,
    protocol.EMPTY_FILE: 422,
    protocol.INFERENCE_FAILED: 500,
    WRONG_METHOD: 405,
    TOO_SLOW: 408,
    WRONG_TYPE: 415,
    INTERNAL: 500,
    BUSY: 503,
    LOADING: 503,
    DRAINING: 503,
}
RETRY_AFTER_S = 1


class Refusal(Exception):  # noqa: N818 - most are the client's error, some are nobody's
    """An error answer; `status` is that of the code unless another one is given."""

    def __init__(
        self,
        code: str,
        message: str,
        status: Optional[int] = None,
        headers: Optional[Mapping[str, str]] = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = STATUS[code] if status is None else status
        self.headers = dict(headers or {})
        if self.status == 503:
            self.headers["Retry-After"] = str(RETRY_AFTER_S)

    def body(self) -> bytes:
        """`{"error": {"code": ..., "message": ...}}`."""
        return json.dumps({"error": {"code": self.code, "message": self.message}}).encode()

    def last_headers(self) -> dict[str, str]:
        """The headers of an answer after which the connection is closed."""
        return {
            "content-type": "application/json",
            "content-length": str(len(self.body())),
            "connection": "close",
            **self.headers,
        }

    def last_answer(self) -> bytes:
        """The whole answer, as it goes over the wire."""
        status = HTTPStatus(self.status)
        lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
        lines += [f"{name}: {value}" for name, value in self.last_headers().items()]
        return "\r\n".join([*lines, "\r\n"]).encode() + self.body()


class ClientGone(Exception):  # noqa: N818 - nobody is left to call it an error
    """The client has closed its connection: there is nobody to answer."""


def from_inference(error: InferenceError, number: int = 0, of: int = 1) -> Refusal:
    """The refusal for what a picture was refused for; never its path.

    Args:
        error: what `inference` says.
        number: which file of the request it is about, from 0.
        of: how many files the request has.
    """
    message = error.message
    if error.code == protocol.INFERENCE_FAILED:
        message = "the runtime failed on this picture"  # its own words may name files of the image
    return Refusal(error.code, f"file {number + 1}: {message}" if of > 1 else message)
