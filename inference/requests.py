"""A session's request lines, checked: every key, every type, nothing unknown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

from inference import protocol
from inference.failures import InferenceError

Id = Union[str, int, None]
_KEYS = {
    protocol.PREDICT: {protocol.OP, "id", "path", "top", "probs"},
    protocol.GET_STATS: {protocol.OP, "id"},
    protocol.QUIT: {protocol.OP, "id"},
}


@dataclass(frozen=True)
class Request:
    """One request; `path`, `top` and `probs` belong to `predict`."""

    op: str
    id: Id = None
    path: str = ""
    top: int = 5
    probs: bool = False


class BadRequest(InferenceError):  # noqa: N818 - reads as the code it carries
    """A line that is no request; `id` is the line's, where one can be made out."""

    def __init__(self, message: str, request_id: Id = None) -> None:
        super().__init__(protocol.BAD_REQUEST, message)
        self.id = request_id


def parse_request(line: bytes) -> Request:
    """Check one line; raises BadRequest with one sentence on the first thing wrong."""
    if len(line) > protocol.MAX_LINE_BYTES:
        raise BadRequest(f"the line is longer than {protocol.MAX_LINE_BYTES} bytes")
    fields = _object(line)
    request_id = _id(fields)
    op = fields.get(protocol.OP)
    if not isinstance(op, str) or op not in _KEYS:
        raise BadRequest(f"'{protocol.OP}' is none of {', '.join(sorted(_KEYS))}", request_id)
    unknown = sorted(fields.keys() - _KEYS[op])
    if unknown:
        raise BadRequest(f"'{op}' has no key {unknown[0]!r}", request_id)
    if op != protocol.PREDICT:
        return Request(op, request_id)
    return _predict(fields, request_id)


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadRequest("the line is no JSON") from error
    if not isinstance(fields, dict):
        raise BadRequest("the line is JSON, but no object")
    return fields


def _id(fields: Mapping[str, Any]) -> Id:
    found = fields.get("id")
    if found is None or isinstance(found, str) or type(found) is int:
        return found
    raise BadRequest("'id' is neither a string nor an integer")


def _predict(fields: Mapping[str, Any], request_id: Id) -> Request:
    path, top, probs = fields.get("path"), fields.get("top", 5), fields.get("probs", False)
    if not isinstance(path, str) or not path:
        raise BadRequest("'path' is no string, or an empty one", request_id)
    if type(top) is not int or top < 1:
        raise BadRequest("'top' is no integer of at least 1", request_id)
    if not isinstance(probs, bool):
        raise BadRequest("'probs' is neither true nor false", request_id)
    return Request(protocol.PREDICT, request_id, path, top, probs)
