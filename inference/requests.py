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
    protocol.BATCH: {protocol.OP, "id", "paths", "top"},
    protocol.DESCRIBE: {protocol.OP, "id"},
    protocol.GET_STATS: {protocol.OP, "id"},
    protocol.QUIT: {protocol.OP, "id"},
}


@dataclass(frozen=True)
class Request:
    """One request; `paths` holds the one of `predict`, or those of `batch`."""

    op: str
    id: Id = None
    paths: tuple[str, ...] = ()
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
    if op not in (protocol.PREDICT, protocol.BATCH):
        return Request(op, request_id)
    paths = _path(fields, request_id) if op == protocol.PREDICT else _paths(fields, request_id)
    return _prediction(op, paths, fields, request_id)


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


def _path(fields: Mapping[str, Any], request_id: Id) -> tuple[str, ...]:
    path = fields.get("path")
    if not isinstance(path, str) or not path:
        raise BadRequest("'path' is no string, or an empty one", request_id)
    return (path,)


def _paths(fields: Mapping[str, Any], request_id: Id) -> tuple[str, ...]:
    paths = fields.get("paths")
    if not isinstance(paths, list) or not 0 < len(paths) <= protocol.MAX_BATCH:
        what = f"'paths' is no list of 1 to {protocol.MAX_BATCH} paths"
        raise BadRequest(what, request_id)
    if not all(isinstance(path, str) and path for path in paths):
        raise BadRequest("'paths' holds something else than a path", request_id)
    return tuple(paths)


def _prediction(op: str, paths: tuple[str, ...], fields: Mapping[str, Any], of: Id) -> Request:
    top, probs = fields.get("top", 5), fields.get("probs", False)
    if type(top) is not int or top < 1:
        raise BadRequest("'top' is no integer of at least 1", of)
    if not isinstance(probs, bool):
        raise BadRequest("'probs' is neither true nor false", of)
    return Request(op, of, paths, top, probs)
