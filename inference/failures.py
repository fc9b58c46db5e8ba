"""The one error of this package: a code of the protocol, a sentence and the file it is about."""

from __future__ import annotations

import json


def first_line(error: BaseException) -> str:
    """The first line of a foreign error's text, or its kind when it has none."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


class InferenceError(Exception):
    """A picture, a request or a model that can't be used.

    Attributes:
        code: one of the error codes of `inference.protocol`.
        message: one sentence.
        path: the file it is about; empty when there is none.
    """

    def __init__(self, code: str, message: str, path: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.path = path

    def as_json(self) -> str:
        """One line: `{"error": {"code": ..., "message": ..., "path": ...}}`."""
        described = {"code": self.code, "message": self.message, "path": self.path}
        return json.dumps({"error": described})
